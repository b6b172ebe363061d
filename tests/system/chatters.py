"""Pages of people who talk: they hear everything once, and come back when they are thrown out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.eventually import comes_true
from tests.servers.site import Site

_PREPARE = """
import json
from django.test import Client
from accounts.models import User
from rooms.models import Room
owner = User.objects.create(username="{name}", email="{name}@example.org")
client = Client()
client.force_login(owner)
room = Room.objects.create(owner=owner, title="A quiet evening")
print(json.dumps([room.room_id, client.cookies["sessionid"].value]))
"""
_STORED = """
from chat.models import Message
print(",".join(Message.objects.filter(room__room_id="{room}").order_by("pk").values_list("text", flat=True)))
"""


class Page:
    """A page with its socket: keeps what it hears, comes back when it is thrown out."""

    def __init__(self, site: Site, room: str, session: str = "") -> None:
        self._site = site
        self._room = room
        self._headers = {"Cookie": f"sessionid={session}"} if session else {}
        self._socket: ClientConnection | None = None
        self._ids = iter(range(1, 1_000_000))
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.joins = 0
        self.messages: list[dict[str, Any]] = []

    @property
    def texts(self) -> list[str]:
        return [each["message"] for each in self.messages]

    async def run(self) -> None:
        """Be there, for ever."""
        while True:
            try:
                async with connect(
                    self._site.websocket_url,
                    origin=self._site.url,  # type: ignore[arg-type]
                    additional_headers=self._headers,
                    close_timeout=1,
                ) as self._socket:
                    await self._read(self._socket)
            except (OSError, ConnectionClosed, TimeoutError):
                pass
            self._socket = None
            for answer in self._answers.values():
                answer.cancel()
            await asyncio.sleep(0.5)

    async def _read(self, socket: ClientConnection) -> None:
        last = self.messages[-1]["id"] if self.messages else None
        data = {"roomId": self._room} | ({"lastMessageId": last} if last else {})
        await socket.send(json.dumps({"event": "join-room", "data": data, "id": 0}))
        async for text in socket:
            frame = json.loads(text)
            if frame["event"] == "new-message":
                self.messages.append(frame["data"])
            elif frame.get("id") == 0 and frame["event"] == "ack":
                self.messages += frame["data"]["messages"]
                self.joins += 1
            elif frame.get("id") in self._answers and not self._answers[frame["id"]].done():
                self._answers[frame["id"]].set_result(frame)

    async def say(self, text: str, *, patience: float = 10) -> dict[str, Any]:
        """Say something, and return the answer."""
        await comes_true(lambda: self._socket is not None, seconds=45)
        assert self._socket is not None
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        frame = {"event": "chat-message", "data": {"message": text}, "id": number}
        await self._socket.send(json.dumps(frame))
        return await asyncio.wait_for(answer, patience)


@asynccontextmanager
async def pages(site: Site, room: str, session: str, count: int) -> AsyncIterator[list[Page]]:
    """So many pages of a room, the first of them its streamer's."""
    opened = [Page(site, room, session if number == 0 else "") for number in range(count)]
    async with AsyncExitStack() as stack:
        tasks = [asyncio.create_task(page.run()) for page in opened]
        for task in tasks:
            stack.callback(task.cancel)
        await comes_true(lambda: all(page.joins == 1 for page in opened), seconds=30)
        yield opened


async def prepare(site: Site, name: str) -> tuple[str, str]:
    made = await asyncio.to_thread(site.python, _PREPARE.format(name=name))
    room, session = json.loads(made)
    return room, session


async def stored(site: Site, room: str) -> list[str]:
    found = await asyncio.to_thread(site.python, _STORED.format(room=room))
    return found.strip().split(",")


@contextmanager
def keeping_promises(database_url: str) -> Iterator[None]:
    """Let the tests' own PostgreSQL forget nothing that it has committed when it is killed."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE postgres SET synchronous_commit = on")
    yield
