"""The way into the pages of a room: what stands in it for a reader, and what they take along."""

from __future__ import annotations

from enum import Enum, auto

from django.http import HttpRequest, HttpResponse

from rooms import bans, permissions
from rooms.cookies import is_grown_up, remember_ticket
from rooms.locks import held_tickets, ticket_for
from rooms.models import Room


class Obstacle(Enum):
    """What a reader has to get past first."""

    PASSWORD = auto()
    MATURE = auto()


def obstacle_for(request: HttpRequest, room: Room) -> Obstacle | None:
    """Return what keeps this reader from the room's pages, or None.

    Raises NotAllowed ("banned-from-room") for those whom nothing would let in.
    """
    bans.check(room, request.user.pk)
    held = permissions.pass_for(room, request.user.pk, held_tickets(room.room_id, request.COOKIES))
    if held is None and not permissions.can_moderate(request.user, room):
        return Obstacle.PASSWORD
    if room.is_mature and not permissions.is_owner(request.user, room) and not is_grown_up(request):
        return Obstacle.MATURE
    return None


def let_in(request: HttpRequest, response: HttpResponse, room: Room) -> HttpResponse:
    """Return the page of a room for a reader whom nothing kept from it."""
    if room.is_locked and permissions.can_moderate(request.user, room):
        # The socket and the stream ask for it; they do not know who keeps order.
        remember_ticket(response, room, ticket_for(room.lock))
    return private(response, room)


def private(response: HttpResponse, room: Room) -> HttpResponse:
    """Keep what is not for everybody out of caches and search engines."""
    if not room.is_public or room.is_mature:
        response["Cache-Control"] = "no-store"
    if not room.is_public:
        response["X-Robots-Tag"] = "noindex"
    return response
