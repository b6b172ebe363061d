"""Pages of many people, which only watch: what they hear, and how they are closed."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.eventually import comes_true
from tests.servers.site import Site

# Seconds within which a page sees that others came or went,
COUNT_SECONDS = 5
# and hears that it must go, or that its room is another now, in whichever process it is.
NOTICE_SECONDS = 2
# A page that comes asks four processes that have just begun; a killed one is counted for so long.
patiently = functools.partial(comes_true, seconds=45)


class Watcher:
    """A page that has a room open and keeps what it hears."""

    def __init__(self, site: Site, room_id: str, browser: str, **options: Any) -> None:
        self._site = site
        self._room_id = room_id
        self._options = {"user_agent_header": browser, "origin": site.url, **options}
        self.events: list[dict[str, Any]] = []
        self.has_joined = False
        self.viewers = -1
        self.is_closed = False
        self.code: int | None = None  # That the server closed with; None when it just went.

    async def run(self) -> None:
        """Be there until the server closes the socket."""
        try:
            async with connect(self._site.websocket_url, close_timeout=1, **self._options) as wire:
                await wire.send(
                    json.dumps({"event": "join-room", "data": {"roomId": self._room_id}, "id": 1})
                )
                async for text in wire:
                    self._hear(json.loads(text))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else None
        self.is_closed = True

    def has_heard(self, name: str) -> bool:
        """Whether an event of this name has come."""
        return any(each["event"] == name for each in self.events)

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame.get("id") == 1:
            assert frame["event"] == "ack", frame
            self.has_joined = True
        self.events.append(frame)
        if "viewerCount" in frame["data"]:
            self.viewers = frame["data"]["viewerCount"]


class Crowd:
    """Watchers that come and go."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._running: dict[Watcher, asyncio.Task[None]] = {}

    @property
    def there(self) -> list[Watcher]:
        """Those whose sockets are open."""
        return [watcher for watcher in self._running if not watcher.is_closed]

    async def come(self, *watchers: Watcher) -> None:
        """Let them in."""
        for watcher in watchers:
            self._running[watcher] = self._tasks.create_task(watcher.run())
        await patiently(lambda: all(each.has_joined or each.is_closed for each in watchers))

    async def go(self, *watchers: Watcher) -> None:
        """Let them hang up."""
        for watcher in watchers:
            task = self._running.pop(watcher)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def crowd() -> AsyncIterator[Crowd]:
    """A crowd that goes when the block ends."""
    async with asyncio.TaskGroup() as tasks:
        gathered = Crowd(tasks)
        yield gathered
        await gathered.go(*gathered._running)
