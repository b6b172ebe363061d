"""The cache that limits count in: the shared one, and this process' own memory while that is down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache

logger = logging.getLogger(__name__)

T = TypeVar("T")

# How long a cache that failed is left alone: asking a dead one costs every request its timeout.
REST_SECONDS = 5.0


class CountingCache(BaseCache):
    """As much of a cache as django-ratelimit needs.

    Counts live in the cache named `LOCATION`. While that fails, limits hold per process:
    nobody is locked out by a dead Redis, and nobody gets past the limits by one.
    """

    # Of the process: Django makes a cache object for every request.
    _rests_until: ClassVar[float] = 0.0

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = location
        self._own = LocMemCache("limits", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Store `value` unless there is one. Whether it was stored."""
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is stored, or `default`."""
        return self._ask(lambda cache: cache.get(key, default, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return the sum. A number that expired meanwhile starts anew."""

        def count(cache: BaseCache) -> int:
            try:
                return cache.incr(key, delta, version)
            except ValueError:
                cache.add(key, delta, version=version)
                return delta

        return self._ask(count)

    def clear(self) -> None:
        """Forget what this process counted alone."""
        self._own.clear()
        CountingCache._rests_until = 0.0

    def _ask(self, use: Callable[[BaseCache], T]) -> T:
        if time.monotonic() >= self._rests_until:
            try:
                return use(caches[self._shared])
            except Exception as exc:  # noqa: BLE001 - each client library raises its own.
                logger.warning("The cache is down, limits hold per process: %r", exc)
                CountingCache._rests_until = time.monotonic() + REST_SECONDS
        return use(self._own)
