"""Pages of people who talk: they hear everything once, and come back when they are thrown out."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
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
import time
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

    def __init__(self, site: Site, room: str, session: str = "", *, browser: str = "") -> None:
        self._site = site
        self._room = room
        self._headers = {"Cookie": f"sessionid={session}"} if session else {}
        self._browser = browser or None
        self._socket: ClientConnection | None = None
        self._ids = iter(range(1, 1_000_000))
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.joins = 0
        self.joined = 0.0  # The last time, by the clock that only goes forward.
        self.is_there = False
        self.absences: list[tuple[float, float]] = []  # From when to when, time.monotonic.
        self._left_at: float | None = None
        self.viewers = -1  # As the page shows them.
        self.events: set[str] = set()  # By name.
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
                    user_agent_header=self._browser,
                    ssl=self._site.door[2],
                    close_timeout=1,
                ) as self._socket:
                    await self._read(self._socket)
            except (OSError, ConnectionClosed, TimeoutError):
                pass
            if self.is_there:
                self._left_at = time.monotonic()
            self._socket, self.is_there = None, False
            for answer in self._answers.values():
                answer.cancel()
            await asyncio.sleep(0.5)

    async def _read(self, socket: ClientConnection) -> None:
        last = self.messages[-1]["id"] if self.messages else None
        data = {"roomId": self._room} | ({"lastMessageId": last} if last else {})
        await socket.send(json.dumps({"event": "join-room", "data": data, "id": 0}))
        async for text in socket:
            frame = json.loads(text)
            self.events.add(frame["event"])
            self.viewers = frame["data"].get("viewerCount", self.viewers)
            if frame["event"] == "new-message":
                self.messages.append(frame["data"])
            elif frame.get("id") == 0 and frame["event"] == "ack":
                self.messages += frame["data"]["messages"]
                self.joins += 1
                self.joined = time.monotonic()
                self.is_there = True
                if self._left_at is not None:
                    self.absences.append((self._left_at, time.monotonic()))
                    self._left_at = None
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


class Speaker:
    """Counts aloud on a page of somebody who is signed in, for ever; `name` tells several of a room apart."""

    def __init__(self, page: Page, *, every: float, name: str = "") -> None:
        self.page = page
        self._every = every
        self._name = name
        self.said: list[str] = []  # and acknowledged
        self.refused: list[str] = []  # by code

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in itertools.count(1):
            begun = loop.time()
            await self._say(f"{self._name} {number}".strip())
            await asyncio.sleep(max(begun + self._every - loop.time(), 0.02))

    async def _say(self, text: str) -> None:
        try:
            answer = await self.page.say(text, patience=6)
        except (TimeoutError, ConnectionClosed):
            self.refused.append("no answer")
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
            self.refused.append("socket lost")  # Nobody knows; the database does.
        else:
            if answer["event"] == "ack":
                self.said.append(text)
            else:
                self.refused.append(answer["data"]["code"])


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
