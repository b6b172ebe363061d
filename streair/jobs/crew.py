"""Threads that each do one thing and end; whoever started them knows what is under way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connection

logger = logging.getLogger(__name__)


class Crew:
    """What is under way, by name. `freed` is called when something is over."""

    def __init__(self, *, freed: Callable[[], None]) -> None:
        self._freed = freed
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    def __contains__(self, name: str) -> bool:
        with self._lock:
            return name in self._threads

    def __len__(self) -> int:
        with self._lock:
            return len(self._threads)

    def begin(self, name: str, work: Callable[[], None]) -> None:
        """Have `work` done in a thread of its own, with a database connection of its own."""
        # A daemon: what does not end in time is cut off with the process, and done again by the next.
        thread = threading.Thread(target=self._do, args=(name, work), name=name, daemon=True)
        with self._lock:
            self._threads[name] = thread
        thread.start()

    def wait(self, *, until: float) -> list[str]:
        """Wait until everything is over, or time.monotonic() is `until`; return what is not over."""
        with self._lock:
            threads = dict(self._threads)
        for thread in threads.values():
            thread.join(max(until - time.monotonic(), 0))
        return [name for name, thread in threads.items() if thread.is_alive()]

    def _do(self, name: str, work: Callable[[], None]) -> None:
        try:
            close_old_connections()
            work()
        except Exception:
            # The database, most likely: what is not written down is taken up again when its lease is over.
            logger.exception("What became of %s could not be written down.", name)
        finally:
            connection.close()
            with self._lock:
                del self._threads[name]
            self._freed()
