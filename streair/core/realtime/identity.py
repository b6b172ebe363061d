"""Who holds a socket: read once from the session, and looked up again while the socket is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.timezone import now

T = TypeVar("T")

# Most databases take some tens of thousands of parameters; a thousand at a time is fast enough.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in user, and what must stay as it is for the socket to stay theirs."""

    user_id: int
    username: str
    session_key: str
    fingerprint: int


def identify(cookies: Mapping[str, str]) -> Identity | None:
    """Return who the session cookie stands for, or None. Asks the database only if there is one."""
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)  # Checks the session's hash and is_active.
    if not user.is_authenticated:
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
    """Return those of `identities` that no longer hold: signed out, deactivated, new password."""
    identities = set(identities)
    fingerprints: dict[int, int] = {}
    for ids in _chunks({identity.user_id for identity in identities}):
        rows = get_user_model().objects.filter(pk__in=ids, is_active=True)
        for pk, token_version, password in rows.values_list("pk", "token_version", "password"):
            fingerprints[pk] = _fingerprint(token_version, password)
    sessions: set[str] = set()
    for keys in _chunks({identity.session_key for identity in identities}):
        alive = Session.objects.filter(pk__in=keys, expire_date__gt=now())
        sessions.update(alive.values_list("pk", flat=True))
    return {
        identity
        for identity in identities
        if fingerprints.get(identity.user_id) != identity.fingerprint
        or identity.session_key not in sessions
    }


def _fingerprint(token_version: int, password: str) -> int:
    return hash((token_version, password))


def _chunks(values: set[T]) -> Iterable[list[T]]:
    ordered = list(values)
    return (ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK))
