"""Limits: how often somebody may do something, counted in the cache."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils.translation import gettext as _

from streair.core.errors import TooFast

logger = logging.getLogger(__name__)

# Counts on when the shared cache is down: limits hold per process then, nobody is locked out.
_fallback = LocMemCache("ratelimit-fallback", {"OPTIONS": {"MAX_ENTRIES": 100_000}})


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in any fixed window of `seconds`, per `name` and subject."""

    name: str
    count: int
    seconds: int


def spend(limit: Limit, subject: str) -> None:
    """Count one use by `subject`, or raise TooFast with the seconds left in the window."""
    if not settings.RATE_LIMIT_ENABLED:
        return
    now = time.time()
    window = int(now // limit.seconds)
    used = _count(f"limit:{limit.name}:{subject}:{window}", limit.seconds)
    if used > limit.count:
        left = int((window + 1) * limit.seconds - now) + 1
        raise TooFast(_("Too many attempts. Please wait a moment."), retry_after=left)


def is_spent(limit: Limit, subject: str) -> bool:
    """Whether `subject` has used up its window; counts nothing."""
    if not settings.RATE_LIMIT_ENABLED:
        return False
    key = f"limit:{limit.name}:{subject}:{int(time.time() // limit.seconds)}"
    try:
        used = caches["default"].get(key, 0)
    except Exception:  # noqa: BLE001 - as in `_count`.
        used = _fallback.get(key, 0)
    return int(used) >= limit.count


def _count(key: str, seconds: int) -> int:
    try:
        cache = caches["default"]
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except Exception:  # noqa: BLE001 - each client library raises its own; a limit is no reason to fail.
        logger.warning("The cache is down: limits are counted in this process alone.")
        _fallback.add(key, 0, seconds)
        return int(_fallback.incr(key))
