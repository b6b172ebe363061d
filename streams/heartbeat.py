"""The worker says that it lives: in Redis where there is one, else in a file, as it has nothing else in common with pages."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from django.conf import settings
from django.core.cache import caches

logger = logging.getLogger(__name__)

_KEY = "worker:heartbeat"
_KEPT_SECONDS = 24 * 3600


def beat() -> None:
    """Say that a round was made. Never fails: the next round says it again."""
    try:
        if settings.REDIS_URL:
            caches["default"].set(_KEY, time.time(), _KEPT_SECONDS)
        else:
            _file().parent.mkdir(parents=True, exist_ok=True)
            _file().touch()
    except Exception as exc:  # noqa: BLE001 - each client library raises its own.
        logger.warning("The worker cannot say that it lives: %s", exc)


def seconds_since() -> float | None:
    """Return how long ago the worker's last round was, or None when nobody knows of one."""
    if settings.REDIS_URL:
        last = caches["default"].get(_KEY)
    else:
        last = _file().stat().st_mtime if _file().exists() else None
    return None if last is None else max(time.time() - last, 0.0)


def _file() -> Path:
    return Path(settings.DATA_DIR, "run", "worker.heartbeat")
