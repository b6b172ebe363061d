"""Who watches without an account: a random number in a signed cookie, good for counting only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from rooms.attendance import Person
from streair.core.realtime.identity import Identity
from streair.core.requests import GetResponse

COOKIE = "visitor"
_COOKIE_AGE = 90 * 24 * 3600
_SALT = "rooms.visitors"


def visitor_of(cookies: Mapping[str, str]) -> str | None:
    """Return the visitor's id in the cookies, or None when there is none that we signed."""
    try:
        return Signer(salt=_SALT).unsign(cookies[COOKIE])
    except (KeyError, BadSignature):
        return None


def stand_in(address: str, browser: str) -> str:
    """Return what stands for a visitor without a cookie: the same for a day, and not to be traced."""
    return _stand_in(localdate(), address, browser)


@lru_cache(maxsize=1000)
def _stand_in(day: date, address: str, browser: str) -> str:
    # Crowds come from one address, and in moments when there is no time for it.
    return salted_hmac(f"{_SALT}.{day}", f"{address} {browser}").hexdigest()[:32]


def viewer(
    identity: Identity | None, cookies: Mapping[str, str], *, address: str, browser: str
) -> Person:
    """Return whom somebody counts as: the same on a page, in its player and in every other tab."""
    if identity is not None:
        user_id = identity.user_id
        return Person(f"user:{user_id}", user_id=user_id, username=identity.username)
    return Person(f"visitor:{visitor_of(cookies) or stand_in(address, browser)}")


class VisitorMiddleware:
    """Gives every browser that opens a page a number of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _with_cookie(request, self.get_response(request))


def _with_cookie(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    is_page = request.method == "GET" and response.headers.get("Content-Type", "").startswith(
        "text/html"
    )
    if is_page and visitor_of(request.COOKIES) is None:
        response.set_cookie(
            COOKIE,
            Signer(salt=_SALT).sign(secrets.token_hex(16)),
            max_age=_COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
