"""Waiting for what other tasks or sockets make true, and tell nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def comes_true(condition: Callable[[], object], *, seconds: float = 10) -> None:
    """Return once it is true; raise TimeoutError when it is not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it.
            await asyncio.sleep(0.002)
