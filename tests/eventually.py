"""Waiting for what other tasks or sockets make true, and tell nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# A busy machine may take so many times as long as is promised.
SLACK = 2


async def comes_true(condition: Callable[[], object], *, seconds: float = 10) -> None:
    """Return once it is true; raise TimeoutError when it is not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it.
            await asyncio.sleep(0.002)


async def comes_true_as_promised(condition: Callable[[], object], *, seconds: float) -> None:
    """Return once it is true; raise TimeoutError when a busy machine should have had it, too."""
    await comes_true(condition, seconds=seconds * SLACK)
