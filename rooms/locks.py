"""Locked rooms: hashing their passwords, and tickets for those who knew one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac

HEADER = "X-Room-Ticket"
TICKET_SECONDS = 7 * 24 * 3600

_SALT = "rooms.locks"
# About 5 ms: a crowd comes at once when a stream begins, and guesses are limited.
_ITERATIONS = 20_000
_hasher = PBKDF2PasswordHasher()


@dataclass(frozen=True, slots=True)
class Pass:
    """By what right somebody is in a room: as whom, and the lock that their ticket fitted."""

    user_id: int | None = None
    lock: str = ""


def hash_password(password: str) -> str:
    """Return what is stored for a room's password."""
    return _hasher.encode(password, _hasher.salt(), _ITERATIONS)


def is_password(password: str, stored: str) -> bool:
    """Whether `password` is the one that was stored."""
    return bool(stored) and _hasher.verify(password, stored)


def lock_of(room_id: str, stored: str) -> str:
    """Return what tickets are bound to: a room and its password, which changes with every new one."""
    return salted_hmac(_SALT, f"{room_id} {stored}", algorithm="sha256").hexdigest()[:32]


def ticket_for(lock: str) -> str:
    """Return a ticket that fits `lock`."""
    return TimestampSigner(salt=_SALT).sign(lock)


def fits(ticket: str, lock: str) -> bool:
    """Whether `ticket` is one of ours for `lock`, and not too old."""
    try:
        found = TimestampSigner(salt=_SALT).unsign(ticket, max_age=TICKET_SECONDS)
    except BadSignature:
        return False
    return constant_time_compare(found, lock)


def cookie_name(room_id: str) -> str:
    """Return the cookie in which browsers keep their ticket for a room."""
    return f"room-{room_id}"


def held_tickets(room_id: str, cookies: Mapping[str, str], *others: str) -> list[str]:
    """Return the tickets for a room that came along: in its cookie, or as an app sends it."""
    return [ticket for ticket in (cookies.get(cookie_name(room_id), ""), *others) if ticket]
