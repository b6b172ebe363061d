"""Ends the sockets of people whose sign-in is over, within two seconds and whoever ended it."""

from __future__ import annotations

import logging

from django.db import DatabaseError

from streair.core.realtime.chores import chore
from streair.core.realtime.clerks import by_a_clerk
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.identity import Identity, over, sessions_over
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.5

_over = by_a_clerk(over)
_sessions_over = chore(sessions_over)


class Guard:
    """Compares the signed-in sockets of a process with the database, all in two queries.

    The rows are the truth, so no path that changes them (a service, the admin, a shell) has
    to remember the sockets. While the database is away everybody stays.
    """

    def __init__(self, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._sockets: dict[Identity, set[Outbox]] = {}
        self._rounds = Periodic(self._check, seconds=check_seconds)

    def watch(self, identity: Identity, outbox: Outbox) -> None:
        """Close `outbox` when `identity` no longer holds."""
        self._sockets.setdefault(identity, set()).add(outbox)
        self._rounds.start()

    def forget(self, identity: Identity, outbox: Outbox) -> None:
        """Stop watching: the socket is gone."""
        sockets = self._sockets.get(identity, set())
        sockets.discard(outbox)
        if not sockets:
            self._sockets.pop(identity, None)

    async def _check(self) -> bool:
        if not self._sockets:
            return False
        try:
            ended = await self._over()
        except DatabaseError as exc:
            logger.warning("Nobody's sign-in was checked: %s", exc)
            return True
        for identity in ended:
            for outbox in self._sockets.pop(identity, ()):
                outbox.close(CloseCode.SIGNED_OUT, "signed out")
        return bool(self._sockets)

    async def _over(self) -> set[Identity]:
        browsers = {each for each in self._sockets if not each.credential}
        programs = self._sockets.keys() - browsers
        ended = await _sessions_over(browsers) if browsers else set()
        if programs:
            ended |= await _over(programs)
        return ended


current_guard = per_loop(Guard)
