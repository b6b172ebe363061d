"""How many sockets people may open: per minute, and at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streair.core import addresses
from streair.core.errors import SignInFirst, TooFast
from streair.core.ratelimit import Limit, spend
from streair.core.realtime.identity import Identity, identify
from streair.core.realtime.per_loop import per_loop

# Times SOCKETS_PER_MINUTE. A stranger gets it once; but reloading again and again must not
# lock a person out, nor a school or a mobile carrier behind one address.
ONE_PERSON = 3
KNOWN_PEOPLE_AT_ONE_ADDRESS = 30

# At the same time, in one process.
OPEN_BY_ONE_PERSON = 20
OPEN_BY_STRANGERS_AT_ONE_ADDRESS = 50
OPEN_BY_KNOWN_PEOPLE_AT_ONE_ADDRESS = 1000
_RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """Who wants to open a socket. A person is a user, or a visitor known by a cookie, or None."""

    identity: Identity | None
    person: str | None
    address: str

    @property
    def places(self) -> dict[str, int]:
        """What an open socket of theirs counts for, and how many of those there may be."""
        if self.person is None:
            return {f"strangers:{self.address}": OPEN_BY_STRANGERS_AT_ONE_ADDRESS}
        return {
            self.person: OPEN_BY_ONE_PERSON,
            f"known:{self.address}": OPEN_BY_KNOWN_PEOPLE_AT_ONE_ADDRESS,
        }


class Crowd:
    """Counts the open sockets of a process. Idle ones are cheap, but not free."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def enter(self, caller: Caller) -> None:
        """Take a place, or raise TooFast when there is none."""
        places = caller.places
        is_full = any(self._open[name] >= most for name, most in places.items())
        if is_full and settings.RATE_LIMIT_ENABLED:
            raise TooFast(_("Too many attempts. Please wait a moment."), retry_after=_RETRY_SECONDS)
        self._open.update(places.keys())

    def leave(self, caller: Caller) -> None:
        """Give the place back."""
        for name in caller.places:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


current_crowd = per_loop(Crowd)


def _recognize(
    cookies: Mapping[str, str], bearer: str | None, visitor: str | None, address: str
) -> Caller:
    """Return who calls, and count it; raises TooFast, or SignInFirst for a token that is no good.

    All of a handshake's slow work.
    """
    place = addresses.bucket(address)
    count = settings.SOCKETS_PER_MINUTE
    try:
        identity = identify(cookies, bearer)
    except SignInFirst:
        spend(Limit("sockets", count, 60), place)
        raise
    person = f"user:{identity.user_id}" if identity else visitor
    caller = Caller(identity, person, place)
    if person is None:
        spend(Limit("sockets", count, 60), caller.address)
    else:
        spend(Limit("sockets-of-person", count * ONE_PERSON, 60), person)
        shared = count * KNOWN_PEOPLE_AT_ONE_ADDRESS
        spend(Limit("sockets-of-known", shared, 60), caller.address)
    return caller


recognize = database_sync_to_async(_recognize, thread_sensitive=False)
