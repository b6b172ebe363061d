"""An event loop beside the threads of a process that serves pages without one (WSGI).

Channel layers keep their connections by loop. Without a lasting one, every event would open a connection to Redis
and leave it behind.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_is_wanted = False


def want() -> None:
    """Say that this process has threads and no loop of its own; `streair.wsgi` does."""
    global _is_wanted  # noqa: PLW0603 - a fact about the process.
    _is_wanted = True


def is_wanted() -> bool:
    """Whether `run` is the way to await something here."""
    return _is_wanted


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` comes to, which must end by itself before long."""
    return asyncio.run_coroutine_threadsafe(work, _running()).result()


def _running() -> asyncio.AbstractEventLoop:
    """Return the loop. Made when it is first needed: a server that forks would leave it in the parent."""
    global _loop  # noqa: PLW0603 - there is one in a process.
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="side loop", daemon=True).start()
        return _loop
