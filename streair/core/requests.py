"""A number for every request, so that a person can say which one went wrong; and whose it is, for the log."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streair.core.addresses import comes_by_proxy

# The whole chain runs in the request's thread (streair.handler): middlewares need no asynchronous half.
GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Returns whom and what is being dealt with: asked only when something is logged.
About = Callable[[], Mapping[str, object]]

_PROXYS_NUMBER = re.compile(r"[0-9A-Za-z._-]{8,64}")

_ROOM = re.compile(r"[0-9a-z]{1,24}")

_current: ContextVar[str] = ContextVar("request_id", default="")
_about: ContextVar[About | None] = ContextVar("about", default=None)


def request_id() -> str:
    """Return the number of the request that is being answered, or "" outside of one."""
    return _current.get()


def be_about(number: str, about: About) -> None:
    """Say what this task is about from now on; a socket's is about whoever holds it."""
    _current.set(number)
    _about.set(about)


def what_it_is_about() -> dict[str, object]:
    """Return `request_id`, `user_id` and `room_id`, as far as they are known here."""
    about = _about.get()
    found = {"request_id": request_id(), **(about() if about is not None else {})}
    return {name: value for name, value in found.items() if value}


class RequestIdMiddleware:
    """Gives every request a number: in `X-Request-ID`, in the log, in the answer to a fault.

    Our front has one for it already.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = _number_for(request)
        be_about(number, lambda: _about_request(request))
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


def _number_for(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-ID", "")
    if comes_by_proxy(request) and _PROXYS_NUMBER.fullmatch(sent):
        return sent
    return uuid.uuid4().hex


def _about_request(request: HttpRequest) -> Mapping[str, object]:
    """Return what is known without asking for it: a line in the log is no reason for a query."""
    # Django's, once somebody has looked; an API's is put there by its authentication.
    user = getattr(request, "_cached_user", None) or vars(request).get("user")
    known = getattr(user, "pk", None) if type(user).__name__ == "User" else None
    match = request.resolver_match
    room = str(match.kwargs.get("room_id", "")) if match else ""
    # What stands there in place of a room may be anything, a secret too.
    return {"user_id": known, "room_id": room if _ROOM.fullmatch(room) else None}
