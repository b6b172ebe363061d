"""An ASGI application with nothing but the relay and a source of its own, for tests of servers.

/live/<key>.flv is a stream, /stats/<key> says who watches, /end/<key> ends a room.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import streair.server
from streams.relay.delivery import EXTENSION, Receive, Send, deliver
from streams.relay.flv import Tag
from streams.relay.rooms import Rooms
from streams.relay.upstream import Upstream
from tests.unit.streams.relay.samples import footage, headers

# Tests have no ten seconds to wait for.
streair.server.HEAD_SECONDS = 0.5
FRAME_SIZE = int(os.environ.get("STAGE_FRAME_SIZE", "100"))


async def _tags() -> AsyncIterator[list[Tag]]:
    yield headers()
    for tag in footage(600, fps=50):
        yield [Tag(tag.kind, tag.timestamp, tag.body.ljust(FRAME_SIZE, b"\0"))]
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Upstream]:
    yield _tags()


async def _locate(key: str) -> str | None:
    return f"stage://{key}"


class Stage:
    """The application."""

    def __init__(self) -> None:
        self._rooms: Rooms | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self._rooms is None:
            self._rooms = Rooms(locate=_locate, opener=_open)
        if "STAGE_BY_MESSAGES" in os.environ:
            scope.get("extensions", {}).pop(EXTENSION, None)
        _, verb, name = scope["path"].split("/")
        key = name.removesuffix(".flv")
        if verb == "live":
            await deliver(self._rooms, key, scope, receive, send)
            return
        if verb == "end":
            self._rooms.end(key, "ended")
        is_open = key in self._rooms.open_keys()
        answer = {"open": is_open, "viewers": self._rooms.viewer_count(key)}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


application = Stage()
