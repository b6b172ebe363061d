"""Tickets by which an edge knows who may watch, and by which it may read itself: signed, for one room, for moments.

JSON Web Tokens (RFC 7519) with HS256. Site and edges share the secret.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

import jwt

# A ticket opens a stream; what is open stays open.
SECONDS = 30
# How somebody is called who has nothing to lose.
ANYBODY = ""
# And an edge that reads from another.
EDGE = "edge"
_ALGORITHM = "HS256"
_LONGEST = 1000


class Purpose(StrEnum):
    """What a ticket is good for; one for one thing is none for the other."""

    WATCH = "streair-watch"
    PULL = "streair-pull"


class BadTicket(Exception):
    """It is not one of ours, for something else, or too old."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which room may be read. `viewer` is what the site knows its holder by."""

    room: str
    viewer: str = ANYBODY


def sign(ticket: Ticket, purpose: Purpose, *, secret: str) -> str:
    """Return a ticket as it stands in an address."""
    claims = {"aud": purpose.value, "exp": int(time.time()) + SECONDS, "sub": ticket.room}
    if ticket.viewer != ANYBODY:
        claims["jti"] = ticket.viewer
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def read(text: str, purpose: Purpose, *, secret: str) -> Ticket:
    """Return what `sign` signed for `purpose`. Raises BadTicket."""
    if len(text) > _LONGEST:
        raise BadTicket
    try:
        claims = jwt.decode(
            text,
            secret,
            algorithms=[_ALGORITHM],
            audience=purpose.value,
            options={"require": ["exp", "sub", "aud"]},
        )
    except jwt.InvalidTokenError as exc:
        raise BadTicket from exc
    return Ticket(room=claims["sub"], viewer=claims.get("jti", ANYBODY))
