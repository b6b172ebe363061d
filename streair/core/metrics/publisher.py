"""Writes this process' numbers down every two seconds, for whoever is asked for them."""

from __future__ import annotations

import asyncio
import atexit
import logging
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings

from streair.core.cancelling import cancelled
from streair.core.metrics.snapshots import Process, Snapshots
from streair.core.metrics.tallies import Counter, Gauge, Highest, keep, kept, refreshers

logger = logging.getLogger(__name__)

SECONDS = 2.0
_PAGE_BYTES = resource.getpagesize()

_processes = keep(Gauge("streair_processes", "Processes of StreAir on this machine.", ["role"]))
_starts = keep(Counter("streair_process_starts", "Processes that were started.", ["role"]))
_cpu = keep(Counter("streair_process_cpu_seconds", "Processor time used.", ["role"]))
_memory = keep(Gauge("streair_process_memory_bytes", "Memory in use.", ["role"]))
_lag = keep(
    Highest(
        "streair_event_loop_lag_seconds", "How late the event loop was within the last two seconds."
    )
)


def snapshots() -> Snapshots:
    """Return the files of this machine's processes."""
    return Snapshots(Path(settings.DATA_DIR, "run", "metrics"))


class Publisher:
    """The numbers of this process, on their way to the others."""

    def __init__(self, role: str) -> None:
        self._process = Process.this(role)
        self._files = snapshots()
        self._fails = False
        self._has_left = False
        self._turn = threading.Lock()
        _starts.add(role)

    def take(self) -> dict[str, Any]:
        """Return the numbers as they are now. Waits for nothing."""
        for name, refresh in refreshers().items():
            try:
                refresh()
            except Exception:
                logger.exception("The numbers of %s are old.", name)
        role = self._process.role
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _processes.replace({(role,): 1})
        _cpu.become(usage.ru_utime + usage.ru_stime, role)
        _memory.replace({(role,): _memory_bytes()})
        return {tally.name: tally.as_dict() for tally in kept()}

    def write(self, families: dict[str, Any]) -> None:
        """Write them down. A full disk costs nothing but the numbers."""
        with self._turn:
            if not self._has_left:
                self._try_to_write(families)

    def leave(self) -> None:
        """Write a last time, and say that this process ends."""
        families = self.take()
        with self._turn:
            if not self._has_left:
                self._try_to_write(families)
                self._files.leave(self._process)
            self._has_left = True

    def _try_to_write(self, families: dict[str, Any]) -> None:
        try:
            self._files.write(self._process, families)
        except OSError as exc:
            if not self._fails:
                logger.warning("What this process counts cannot be written down: %s", exc)
            self._fails = True
        else:
            self._fails = False

    def clean_up(self) -> None:
        """See to what dead processes have left."""
        try:
            self._files.clean_up()
        except OSError as exc:
            logger.warning("What dead processes counted cannot be read: %s", exc)


class OnLoop:
    """Publishes from an event loop: most numbers are its own, and nobody else may look at them."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. Does nothing the second time."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="metrics")

    async def stop(self) -> None:
        """Write a last time, and end."""
        if self._task is not None:
            await cancelled([self._task])

    async def _run(self) -> None:
        # A thread of its own: others may all be waiting for a server that hangs.
        with ThreadPoolExecutor(1, "metrics") as thread:
            loop = asyncio.get_running_loop()
            publisher = Publisher(self._role)
            await loop.run_in_executor(thread, publisher.clean_up)
            try:
                while True:
                    await loop.run_in_executor(thread, publisher.write, publisher.take())
                    due = loop.time() + SECONDS
                    await asyncio.sleep(SECONDS)
                    _lag.value = round(max(loop.time() - due, 0.0), 4)
            finally:
                publisher.leave()


def publish_from_a_thread(role: str) -> None:
    """Publish from a thread, for as long as the process lives: for programs without an event loop."""
    publisher = Publisher(role)

    def run() -> None:
        publisher.clean_up()
        while True:
            publisher.write(publisher.take())
            time.sleep(SECONDS)

    threading.Thread(target=run, name="metrics", daemon=True).start()
    atexit.register(publisher.leave)


def _memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
