"""Shows people out of rooms that were locked, or got another password, while they were in."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError

from rooms import selectors
from rooms.locks import Pass
from rooms.permissions import may_stay
from streair.core.realtime.chores import chore
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.5

Leave = Callable[[], None]
_locks = chore(selectors.locks)


class Doors:
    """Compares the rooms that are open in a process with the database, in one query each time.

    The rows are the truth, so nobody who changes them has to remember the sockets. While the
    database is away everybody stays.
    """

    def __init__(self, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._inside: dict[str, dict[Leave, Pass]] = {}
        self._rounds = Periodic(self._check, seconds=check_seconds)

    def enter(self, room_id: str, held: Pass, leave: Leave) -> None:
        """Call `leave` when the room's lock is another one than `held` is for. Forgets whoever it called."""
        self._inside.setdefault(room_id, {})[leave] = held
        self._rounds.start()

    def leave(self, room_id: str, leave: Leave) -> None:
        """Stop watching: they left by themselves."""
        inside = self._inside.get(room_id, {})
        inside.pop(leave, None)
        if not inside:
            self._inside.pop(room_id, None)

    async def _check(self) -> bool:
        if not self._inside:
            return False
        try:
            locks = await _locks(tuple(self._inside))
        except DatabaseError as exc:
            logger.warning("Nobody's way into a room was checked: %s", exc)
            return True
        for room_id, (owner_id, lock) in locks.items():
            for leave, held in list(self._inside.get(room_id, {}).items()):
                if not may_stay(held, owner_id=owner_id, lock=lock):
                    self.leave(room_id, leave)
                    leave()
        return bool(self._inside)


current_doors = per_loop(Doors)
