"""Keeps the list of browsers in which people are signed in."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now

from accounts import services
from accounts.models import User
from streair.core.addresses import address_of_request
from streair.core.requests import GetResponse

# What the session remembers of its row: id, the session's key then, when it was last written.
NOTE = "sign-in"
_EVERY_SECONDS = 10 * 60


class SignInMiddleware:
    """Writes down, after the response and now and then, that somebody is signed in here.

    However they came in: by our page, the administration's, or before there was such a list. Pages
    of strangers cost nothing, pages of others mostly a look at the session that is loaded already.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        note_now(request)
        return response


def note_now(request: HttpRequest) -> None:
    """Write it down if that is due."""
    if _is_due(request):
        _note(request)


def _is_due(request: HttpRequest) -> bool:
    session = request.session
    # Not loaded: nobody looked who this is.
    if not (session.accessed and hasattr(session, "_session_cache") and SESSION_KEY in session):
        return False
    note = session.get(NOTE)
    if not isinstance(note, dict) or note.get("key") != session.session_key:
        return True
    return bool(time.time() - note["seen"] >= _EVERY_SECONDS)


def _note(request: HttpRequest) -> None:
    session, user = request.session, cast("Any", request.user)
    if not isinstance(user, User) or session.session_key is None or not user.is_active:
        return
    earlier = session.get(NOTE) or {}
    public_id = services.note_browser(
        user,
        public_id=earlier.get("id", ""),
        session_key=session.session_key,
        expires=now() + timedelta(seconds=session.get_expiry_age()),
        address=address_of_request(request),
        agent=request.headers.get("User-Agent", ""),
    )
    session[NOTE] = {"id": public_id, "key": session.session_key, "seen": time.time()}
