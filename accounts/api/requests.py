"""Requests of people who are signed in, and what to know of them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.credentials import Credential
from accounts.middleware import NOTE
from accounts.models import User
from streair.core.addresses import address_of_request
from streair.core.api.scopes import Scope, allows, scopes_of


class SignedInRequest(Request):
    """A request that passed IsAuthenticated. `auth` is None for a browser's session."""

    user: User
    auth: Credential | None


def plain(request: Request) -> HttpRequest:
    """Return Django's request inside of DRF's."""
    inner: HttpRequest = request._request  # noqa: SLF001 - DRF has no other way.
    return inner


def known_for(request: Request, scope: Scope) -> User | AnonymousUser:
    """Return who asks, where what needs `scope` is concerned: by a token without it, nobody in particular."""
    user: User | AnonymousUser = request.user
    return user if allows(scopes_of(request.auth), scope) else AnonymousUser()


def address_of(request: Request) -> str:
    """Return the address that asks."""
    return address_of_request(plain(request))


def agent_of(request: Request) -> str:
    """Return the program that asks, as it calls itself."""
    return request.headers.get("User-Agent", "")


def sign_in_id(request: SignedInRequest) -> str:
    """Return the public id of the sign-in that asks, or "" for a token or a session not written down."""
    if request.auth is not None:
        return request.auth.sign_in.public_id if request.auth.sign_in else ""
    note = plain(request).session.get(NOTE) or {}
    return str(note.get("id", ""))
