"""Who got in a moment ago: a crowd that arrives at once is looked up once."""

from __future__ import annotations

import time
from collections.abc import Callable

from streams.access import Viewer

Admission = tuple[str, Viewer]

SECONDS = 1.0
_MOST = 1000


class Admissions:
    """Remembers for a second to which room a name led; only what was granted, never a refusal.

    Threads share it: an entry is replaced as a whole, and two that look at once both look.
    """

    def __init__(
        self, *, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._granted: dict[str, tuple[float, Admission]] = {}

    def get(self, name: str, look: Callable[[], Admission]) -> Admission:
        """Return what `look` granted within the last second, or grants now. Raises what it raises."""
        now = self._clock()
        until, admission = self._granted.get(name, (0.0, None))
        if admission is not None and now < until:
            return admission
        admission = look()
        if len(self._granted) >= _MOST:
            self._granted.clear()
        self._granted[name] = (now + self._seconds, admission)
        return admission
