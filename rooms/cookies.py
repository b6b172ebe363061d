"""What browsers remember about rooms: tickets for locked ones, and that grown-ups look."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rooms.locks import TICKET_SECONDS, cookie_name
from rooms.models import Room

_MATURE = "mature"
_MATURE_SECONDS = 90 * 24 * 3600


def remember_ticket(response: HttpResponseBase, room: Room, ticket: str) -> None:
    """Let the browser keep its ticket for `room`. Scripts cannot read it."""
    if ticket:
        _set(response, cookie_name(room.room_id), ticket, TICKET_SECONDS)


def remember_grown_up(response: HttpResponseBase) -> None:
    """Let the browser keep that its reader is an adult."""
    _set(response, _MATURE, "1", _MATURE_SECONDS)


def is_grown_up(request: HttpRequest) -> bool:
    """Whether the reader has said so."""
    return request.COOKIES.get(_MATURE) == "1"


def _set(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
