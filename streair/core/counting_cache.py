"""The cache that limits count in: the shared one, and this process' own memory while that is down."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache

from streair.core.breaker import Resting

logger = logging.getLogger(__name__)

T = TypeVar("T")


class CountingCache(BaseCache):
    """As much of a cache as django-ratelimit needs to count, and a way to take a count back.

    Counts live in the cache named `LOCATION`, and change by steps that no other thread or process gets
    between. While that cache fails, limits hold per process: nobody is locked out by a dead Redis, and
    nobody gets past the limits by one.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = location
        self._own = LocMemCache("limits", {"OPTIONS": {"MAX_ENTRIES": 100_000}})
        # Where the last count went. Django makes a cache object for each thread, so it is this thread's.
        self.last_key = ""

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Store `value` unless there is one. Whether it was stored."""
        self.last_key = key
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return the sum. A number that expired meanwhile starts anew."""

        def count(cache: BaseCache) -> int:
            try:
                return cache.incr(key, delta, version)
            except ValueError:
                cache.add(key, delta, version=version)
                return delta

        return self._ask(count)

    def uncount(self, key: str) -> None:
        """Take one back from the number at `key`, if it is still there."""

        def take(cache: BaseCache) -> None:
            with contextlib.suppress(ValueError):
                cache.decr(key)

        self._ask(take)

    def clear(self) -> None:
        """Forget what this process counted alone."""
        self._own.clear()

    def _ask(self, use: Callable[[BaseCache], T]) -> T:
        try:
            return use(caches[self._shared])
        except Resting:
            return use(self._own)
        except Exception as exc:  # noqa: BLE001 - each client library raises its own.
            logger.warning("The cache is down, limits hold per process: %r", exc)
            return use(self._own)
