"""The worker says that it lives: in Redis, for pages on other machines, and in a file, for those on its own."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from django.conf import settings
from django.core.cache import caches

from streair.core.breaker import Resting

logger = logging.getLogger(__name__)

_KEY = "worker:heartbeat"
_KEPT_SECONDS = 24 * 3600


def beat() -> None:
    """Say that a round was made. Never fails: the next round says it again."""
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().touch()
        if settings.REDIS_URL:
            caches["default"].set(_KEY, time.time(), _KEPT_SECONDS)
    except Resting:
        logger.debug("Redis is away still.")
    except Exception as exc:  # noqa: BLE001 - each client library raises its own.
        logger.warning("The worker cannot say that it lives: %s", exc)


def seconds_since() -> float | None:
    """Return how long ago the worker's last round was, or None when nobody knows of one."""
    beats = [each for each in (_in_redis(), _in_file()) if each is not None]
    return max(time.time() - max(beats), 0.0) if beats else None


def _in_redis() -> float | None:
    if not settings.REDIS_URL:
        return None
    try:
        found: float | None = caches["default"].get(_KEY)
    except Exception as exc:  # noqa: BLE001 - as above. Another part of the site says that Redis is away.
        logger.debug("Redis does not say when the worker was seen: %s", exc)
        return None
    return found


def _in_file() -> float | None:
    try:
        return _file().stat().st_mtime
    except FileNotFoundError:
        return None


def _file() -> Path:
    return Path(settings.DATA_DIR, "run", "worker.heartbeat")
