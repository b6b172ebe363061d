"""What the chat bench does to a server, and what it measures meanwhile."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

from tests.load import usage
from tests.load.chat_crowd import Crowd
from tests.load.chat_dialects import SocketIoDialect
from tests.load.chat_servers import Server

Figures = dict[str, float]


class Room:
    """A room on a server, and the crowd in it; it stays from one round to the next."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._readers, self._writers = Crowd(), Crowd()

    async def fill(self, readers: int) -> None:
        """Let so many readers be there, and those who write; return once all of them are counted."""
        server = self.server
        for dialect in server.senders[len(self._writers.members) :]:
            await self._writers.join(dialect, 1, first_number=10_000)
        here = len(self._readers.members)
        await self._readers.join(server.readers, readers - here, first_number=here)
        if server.announces:
            await self._readers.shows(readers + len(server.senders))

    async def fan_out(self, per_second: float, seconds: float) -> Figures:
        """Say so many messages a second; measure what telling them to everybody costs."""
        crowd, readers = self._readers, len(self._readers.members)
        crowd.start_over()
        before = self.server.cpu()
        sent = await crowd.say(self._writers.members, per_second=per_second, seconds=seconds)
        await crowd.settled(sent * readers, patience=60)
        return {
            "cpu_us": (self.server.cpu() - before) / max(crowd.delivered, 1) * 1e6,
            "p50": crowd.percentile(0.5),
            "p99": crowd.percentile(0.99),
            "missing": sent * readers - crowd.delivered,
            "disorder": crowd.disorder() + len(crowd.lost),
        }

    def leave(self) -> None:
        """Hang up."""
        self._readers.leave()
        self._writers.leave()


async def storm(server: Server, readers: int) -> Figures:
    """Everybody joins at once, with the history and the announcements."""
    witness, crowd = Crowd(), Crowd()
    await witness.join(server.readers, 1)
    before = server.cpu()
    took = await crowd.join(server.readers, readers, at_once=readers, first_number=1)
    counted = await witness.shows(readers + 1)
    figures = {
        "joins_per_second": readers / took,
        "cpu_ms": (server.cpu() - before) / readers * 1e3,
        "counted_s": counted,
        "announcements_per_second": witness.announcements / (took + counted),
    }
    crowd.leave()
    await witness.shows(1)
    witness.leave()
    return figures


async def memory(server: Server, readers: int) -> Figures:
    """What a reader who hears nothing costs."""
    witness, crowd = Crowd(), Crowd()
    await witness.join(server.readers, 1)
    before = server.memory()
    readers_of = server.readers
    if isinstance(readers_of, SocketIoDialect):
        # Thousands who are told of each other's coming would take it an hour.
        readers_of = replace(readers_of, joins=False)
    await crowd.join(readers_of, readers, first_number=1)
    if not isinstance(readers_of, SocketIoDialect):
        await witness.shows(readers + 1)
    figures = {"kb": (server.memory() - before) / readers / 1024}
    crowd.leave()
    witness.leave()
    return figures


async def death(server: Server, readers: int) -> Figures:
    """One of two processes is killed: how long until the survivors' readers see the right number."""
    crowd = Crowd(everybody_counts=True)
    await crowd.join(server.readers, readers)
    await crowd.shows(readers)
    workers = [pid for pid in usage.tree(server.pid) if pid != server.pid]
    begun = time.perf_counter()
    os.kill(workers[0], signal.SIGKILL)
    await crowd.agrees()
    took = time.perf_counter() - begun
    figures = {"seconds": took, "died": len(crowd.lost), "stayed": len(crowd.counts)}
    crowd.leave()
    return figures
