"""The FLV endpoint in a test's hands: its runtime before a fake sidecar, requests to it, live rooms, and who asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from accounts.services import sign_in_app
from rooms.models import Room, RoomState
from streams.flv_endpoint import PREFIX, FlvEndpoint
from streams.relay.flv import Tag, TagKind
from streams.runtime import Runtime, session_of
from tests.factories import PublisherFactory, RoomFactory

db = database_sync_to_async

KEYFRAME = Tag(TagKind.VIDEO, 0, bytes([0x17, 1, 0, 0, 0]) + b"picture")
HEADER = Tag(TagKind.VIDEO, 0, bytes([0x17, 0, 0, 0, 0]) + b"parameters")


class FakeSidecar:
    """Gives one picture for every stream that is opened, then says nothing more."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[AsyncIterator[list[Tag]]]:
        self.opened.append(session_of(url))
        yield self._tags()

    async def _tags(self) -> AsyncIterator[list[Tag]]:
        yield [HEADER, KEYFRAME]
        await asyncio.Event().wait()


class Player:
    """One request to the endpoint, and what came back."""

    def __init__(
        self, endpoint: FlvEndpoint, path: str, *, method: str, query: str = "", **headers: str
    ) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "client": ("203.0.113.9", 4711),
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
            ],
        }
        self._task = asyncio.create_task(endpoint(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self.body += message.get("body", b"")
        self._changed.set()

    async def until(self, arrived: Callable[[], bool]) -> None:
        """Wait for more until `arrived`."""
        async with asyncio.timeout(5):
            while not arrived():
                self._changed.clear()
                await self._changed.wait()

    async def until_body(self, part: bytes) -> None:
        """Wait until `part` has arrived."""
        await self.until(lambda: part in self.body)

    async def end(self) -> None:
        """Wait until the server has ended the answer."""
        await asyncio.wait_for(self._task, 5)

    async def leave(self) -> None:
        """Hang up."""
        self._gone.set()
        await self.end()

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Site:
    """The endpoint with its runtime and a fake sidecar."""

    def __init__(self) -> None:
        self.sidecar = FakeSidecar()
        self.runtime = Runtime(opener=self.sidecar.open)
        self.endpoint = FlvEndpoint(self.runtime)

    def play(self, name: str, *, method: str = "GET", **headers: str) -> Player:
        return Player(self.endpoint, f"{PREFIX}{name}.flv", method=method, **headers)

    async def ask(self, name: str, **options: str) -> Player:
        player = self.play(name, **options)
        await player.end()
        return player


@db
def live_room(**fields: Any) -> Room:
    room = RoomFactory(state=RoomState.LIVE, live_since=now(), **fields)
    PublisherFactory(room=room, keyframe=now())
    return room


@db
def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    assert SESSION_KEY in client.session
    return f"sessionid={client.cookies['sessionid'].value}"


@db
def token_of(user: User) -> str:
    return sign_in_app(user, address="", user_agent="").access
