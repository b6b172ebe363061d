"""What happens when the ASGI process starts and stops."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

LOCK_WAIT_SECONDS = 8.0


class SecondProcess(RuntimeError):
    """Another ASGI process serves this DATA_DIR, and there is no Redis to share rooms through."""


class Lifespan:
    """The ASGI lifespan protocol: claim the process' place, start and stop what runs beside requests."""

    def __init__(self, *, start: Callable[[], None], stop: Callable[[], Awaitable[None]]) -> None:
        self._start = start
        self._stop = stop
        self._lock: int | None = None

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve `startup` and `shutdown`, then return."""
        await receive()
        try:
            if not settings.REDIS_URL:
                self._lock = await asyncio.to_thread(_claim, settings.DATA_DIR / "web.lock")
        except SecondProcess as exc:
            logger.critical("%s", exc)
            await send({"type": "lifespan.startup.failed", "message": str(exc)})
            return
        self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        if self._lock is not None:
            os.close(self._lock)
        await send({"type": "lifespan.shutdown.complete"})


def _claim(path: Path) -> int:
    """Return an open, locked descriptor of `path`; the kernel lets go when the process dies.

    Waits a little: while a process is replaced, the old one may still be saying goodbye.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise SecondProcess(
                    "Another StreAir process serves this DATA_DIR. Set REDIS_URL to run several."
                ) from None
            time.sleep(0.1)
        else:
            return descriptor
