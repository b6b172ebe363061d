"""How much is said from one address, by all who sit there together. Counted by each process for itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from streair.core.realtime.per_loop import per_loop

# A school or a café has one address: it is twelve times what one person may say.
MESSAGES = 60
SECONDS = 10.0
_EACH = SECONDS / MESSAGES


class Places:
    """A bucket for each address: so many messages at once, and then as many as run in again.

    Nothing is asked of the database or of Redis. Of each bucket it is known when it is full again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._sweep_at = 0.0

    def __len__(self) -> int:
        """How many buckets are kept."""
        return len(self._full_at)

    def take(self, address: str) -> int:
        """Count a message from this address and return 0, or do not and return how many seconds it must wait."""
        now = self._clock()
        self._sweep(now)
        full_at = max(self._full_at.get(address, now), now) + _EACH
        # Sixty times a sixth of a second is a little more or less than ten.
        if full_at - now > SECONDS + _EACH / 2:
            return max(math.ceil(full_at - now - SECONDS), 1)
        self._full_at[address] = full_at
        return 0

    def give_back(self, address: str) -> None:
        """Undo `take`: it was not said after all. So nobody silences their neighbours by being refused."""
        if address in self._full_at:
            self._full_at[address] -= _EACH

    def _sweep(self, now: float) -> None:
        """Forget full buckets now and then."""
        if now >= self._sweep_at:
            self._sweep_at = now + SECONDS
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}


current_places = per_loop(Places)
