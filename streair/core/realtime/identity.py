"""Who holds a socket or a stream: read once from session or token, and looked up again while it is open."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, TypeVar, cast

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.timezone import now

from streair.core import sql
from streair.core.api.scopes import Scope, allows
from streair.core.sql import Question, Steps

T = TypeVar("T")

# Most databases take some tens of thousands of parameters; a thousand at a time is fast enough.
_CHUNK = 1000
_PEOPLE = "SELECT id, token_version, password FROM {users} WHERE is_active AND id IN {ids}"
_SESSIONS = "SELECT session_key FROM {sessions} WHERE expire_date > {now} AND session_key IN {keys}"


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in user, and what must stay as it is for the socket to stay theirs."""

    user_id: int
    username: str
    # Of a browser, else "".
    session_key: str
    fingerprint: int
    # The name of a program's credential, else ""; when it ends by itself (Unix time); what it is limited
    # to (values of Scope), or None.
    credential: str = ""
    expires: float | None = None
    scopes: frozenset[str] | None = None

    def may(self, scope: Scope | None) -> bool:
        """Whether their credential may be used for what needs `scope`."""
        return allows(self.scopes, scope)


def known_for(identity: Identity | None, scope: Scope) -> int | None:
    """Return the id of who this is, where what needs `scope` is concerned: without it, nobody in particular."""
    return identity.user_id if identity is not None and identity.may(scope) else None


class Bearers(Protocol):
    """What settings.IDENTITY_BACKEND names: a module that knows what tokens stand for."""

    def identify(self, token: str) -> Identity:
        """Return who shows `token`, or raise SignInFirst."""

    def over(self, identities: set[Identity]) -> set[Identity]:
        """Return those whose tokens are not good any more; none of them has a session."""


def identify(cookies: Mapping[str, str], bearer: str | None = None) -> Identity | None:
    """Return who the token, or else the session cookie, stands for; None for nobody.

    Raises SignInFirst for a token that is no good: a program wants to know. Asks the database
    only if there is something to ask for.
    """
    if bearer is not None:
        return _bearers().identify(bearer)
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)  # Checks the session's hash and is_active.
    if not user.is_authenticated or user.is_leaving:
        return None
    assert user.pk is not None
    return Identity(
        user_id=user.pk,
        username=user.get_username(),
        # The key may have changed: Django renews it after SECRET_KEY was rotated.
        session_key=request.session.session_key or session_key,
        fingerprint=_fingerprint(user.token_version, user.password),
    )


def over(identities: Iterable[Identity]) -> set[Identity]:
    """Return those of `identities` that no longer hold: signed out, deactivated, expired, new password."""
    identities = set(identities)
    expired = {each for each in identities if each.expires and each.expires <= time.time()}
    programs = {each for each in identities - expired if each.credential}
    ended = _bearers().over(programs) if programs else set()
    browsers = identities - expired - programs
    return expired | ended | sql.answered(sessions_over(browsers))


def sessions_over(identities: Collection[Identity]) -> Steps[set[Identity]]:
    """Return those of `identities`, all of them browsers', that no longer hold; in two queries."""
    fingerprints: dict[int, int] = {}
    alive: set[str] = set()
    for some in chunks(set(identities)):
        people, sessions = yield [
            Question(_PEOPLE, {"users": get_user_model(), "ids": [each.user_id for each in some]}),
            Question(
                _SESSIONS,
                {
                    "sessions": Session,
                    "now": now(),
                    "keys": [each.session_key for each in some],
                },
            ),
        ]
        fingerprints |= {pk: _fingerprint(version, password) for pk, version, password in people}
        alive.update(key for (key,) in sessions)
    return {
        identity
        for identity in identities
        if fingerprints.get(identity.user_id) != identity.fingerprint
        or identity.session_key not in alive
    }


def bearer_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the token that an ASGI request carries, or None. Two `Authorization` headers are a bad one."""
    found = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    return bearer_in(",".join(found))


def bearer_in(header: str) -> str | None:
    """Return the token in an `Authorization` header's value, or None when it is of another kind."""
    kind, _, token = header.strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _bearers() -> Bearers:
    return cast("Bearers", import_module(settings.IDENTITY_BACKEND))


def _fingerprint(token_version: int, password: str) -> int:
    # The same in every process and on every machine, which Python's own hash() is not.
    digest = hashlib.blake2b(f"{token_version} {password}".encode(), digest_size=8).digest()
    return int.from_bytes(digest)


def chunks(values: set[T]) -> Iterable[list[T]]:
    """Yield `values` in lists that a query can take."""
    ordered = list(values)
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))
