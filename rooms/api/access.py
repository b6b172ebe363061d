"""Who may see a room through the API: whoever may watch it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.api.requests import known_for
from rooms import bans, permissions, selectors
from rooms.locks import HEADER, held_tickets
from rooms.models import Room
from streair.core.api.scopes import Scope
from streair.core.errors import NotAllowed


def room_for(request: Request, room_id: str) -> Room:
    """Return the room, or raise NotFound, or NotAllowed: for those without a ticket, or banned."""
    room = selectors.room_for_viewer(room_id)
    bans.check(room, request.user.pk)
    viewer = known_for(request, Scope.ROOMS_READ)
    tickets = held_tickets(room_id, request.COOKIES, request.headers.get(HEADER, ""))
    held = permissions.pass_for(room, viewer.pk, tickets)
    if held is None and not permissions.can_moderate(viewer, room):
        raise locked()
    return room


def room_to_edit(request: Request, room_id: str) -> Room:
    """Return the room, or raise NotFound, or NotAllowed to everybody but its owner."""
    room = selectors.room_for_viewer(room_id)
    if not permissions.can_edit(request.user, room):
        raise NotAllowed(_("This room is somebody else's."))
    return room


def room_with_audience(request: Request, room_id: str) -> Room:
    """Return the room, or raise NotFound, or NotAllowed to those whom its figures do not concern."""
    room = selectors.room_for_viewer(room_id)
    if not permissions.can_see_audience(request.user, room):
        raise NotAllowed(_("This room is somebody else's."))
    return room


def locked() -> NotAllowed:
    """Return the refusal for those who need a password."""
    return NotAllowed(_("This room has a password."), code="room-locked")
