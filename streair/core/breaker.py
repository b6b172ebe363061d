"""A server that does not answer is left alone for a while: only one of many who need it waits for it."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Resting(ConnectionError):
    """It did not answer a moment ago, and was not asked again."""


class Breaker:
    """Stands before a server. Threads share it.

    After a failure nobody gets to it for `rest_seconds`; then one may try, while all others still do not.
    """

    def __init__(
        self, name: str, *, rest_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._is_away = False
        # Nobody is let through before this moment; during a trial, until it is over.
        self._until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether it failed, and nobody has had an answer since."""
        return self._is_away

    def run(self, use: Callable[[], T], *failures: type[Exception]) -> T:
        """Return what `use` returns. Raises Resting without calling it while the server is left alone.

        One of `failures` says that the server is away, and is raised on.
        """
        self._enter()
        try:
            found = use()
        except failures as exc:
            self.rest(exc)
            raise
        except BaseException:
            self._end_trial()
            raise
        self._is_well()
        return found

    def rest(self, why: object) -> None:
        """Leave the server alone from now on: it does not answer."""
        with self._lock:
            if not self._is_away:
                logger.warning("%s is away: %r", self._name, why)
            self._is_away = True
            self._until = self._clock() + self._rest_seconds

    def _enter(self) -> None:
        if not self._is_away:
            return
        with self._lock:
            if self._clock() < self._until:
                raise Resting(f"{self._name} did not answer a moment ago.")
            # Whoever comes now finds out for all others.
            self._until = math.inf

    def _end_trial(self) -> None:
        """It failed for another reason, which says nothing: the next one may try."""
        with self._lock:
            if self._until == math.inf:
                self._until = self._clock()

    def _is_well(self) -> None:
        if self._is_away:
            with self._lock:
                self._is_away, self._until = False, 0.0
            logger.warning("%s is back.", self._name)
