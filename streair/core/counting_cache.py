"""The cache that limits count in: the shared one, and this process' own memory while that is down."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from streair.core.breaker import Resting

logger = logging.getLogger(__name__)

T = TypeVar("T")


class CountingCache(BaseCache):
    """Counts in the cache named `LOCATION`, by steps that no other thread or process gets between.

    While that fails, limits hold per process: nobody is locked out by a dead Redis, and nobody gets past
    the limits by one.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._shared = location
        self._own = LocMemCache("limits", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def count(self, key: str, *, seconds: int) -> int:
        """Add one to the number at `key`, which is kept for `seconds` from its first, and return the sum."""

        def add(cache: BaseCache) -> int:
            while not cache.add(key, 1, seconds):
                # It may end between both steps: then this is the first one again.
                with contextlib.suppress(ValueError):
                    return cache.incr(key)
            return 1

        return self._ask(add)

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
