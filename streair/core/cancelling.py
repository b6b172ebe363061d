"""Ending tasks although a cancellation may get lost in them.

One that arrives as `asyncio.wait_for` has its result is dropped by it before Python 3.12: redis-py writes through
that, and asgiref does the same in its own way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

_PATIENCE_SECONDS = 0.5


async def cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them until they have ended; cleaning up, each gets half a second at a time."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _done, pending = await asyncio.wait(pending, timeout=_PATIENCE_SECONDS)


def notice_cancellation() -> None:
    """Raise CancelledError if the running task was cancelled and what it waited for did not pass that on.

    In Python 3.11 a TaskGroup in which a task failed leaves the same trace: not for tasks that go on after one.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
