"""The one WebSocket test client: a viewer who holds a socket, without a server."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.core.signing import Signer
from django.test import Client

from accounts.models import User
from chat.routing import websocket_urlpatterns
from rooms.models import Room
from rooms.visitors import COOKIE

HOST = "localhost"
PATIENCE = 10.0
_visitors = itertools.count(1)

# Never Django's async ORM: nobody would close its connections.
db = database_sync_to_async

Frame = dict[str, Any]


class Wire(ApplicationCommunicator):
    """Both ends of a WebSocket. (Channels' own keeps database connections from being closed.)"""

    def __init__(self, scope: dict[str, Any]) -> None:
        super().__init__(URLRouter(websocket_urlpatterns), scope)  # type: ignore[no-untyped-call]

    async def connect(self) -> bool:
        """Shake hands; whether the server accepts."""
        await self.send({"type": "websocket.connect"})
        return bool((await self.receive())["type"] == "websocket.accept")

    async def send(self, message: dict[str, Any]) -> None:
        """Let the server report something to the application."""
        await self.send_input(message)  # type: ignore[no-untyped-call]

    async def receive(self) -> dict[str, Any]:
        """Return what the application sends next."""
        message: dict[str, Any] = await self.receive_output(PATIENCE)  # type: ignore[no-untyped-call]
        return message

    async def hang_up(self) -> None:
        """Disconnect, and return once the application has cleaned up."""
        await self.send({"type": "websocket.disconnect", "code": 1001})
        await self.wait(PATIENCE)  # type: ignore[no-untyped-call]


class Viewer:
    """A page with its socket. Answers and events are told apart; times out, never sleeps."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.snapshot: dict[str, Any] = {}
        self._ids = itertools.count(1)
        self._events: deque[Frame] = deque()

    async def call(self, event: str, **data: Any) -> Frame:
        """Send a command and return its answer; events that come in between are set aside."""
        frame_id = next(self._ids)
        await self.send_text(json.dumps({"event": event, "data": data, "id": frame_id}))
        while (frame := await self._frame()).get("id") != frame_id:
            self._events.append(frame)
        return frame

    async def event(self, *names: str) -> Frame:
        """Return the next event (of one of these names, others are dropped)."""
        while True:
            frame = self._events.popleft() if self._events else await self._frame()
            if not names or frame["event"] in names:
                return frame

    async def counts(self, viewers: int) -> None:
        """Return once the page shows this number of viewers."""
        while (await self.event("viewer-joined", "viewer-left"))["data"]["viewerCount"] != viewers:
            pass

    async def send_text(self, text: str) -> None:
        """Send any text as a frame, as hostile as it may be."""
        await self.wire.send({"type": "websocket.receive", "text": text})

    async def closed(self) -> tuple[int, str]:
        """Return the code and the reason with which the server closes; drops what comes before."""
        while True:
            message = await self.wire.receive()
            if message["type"] == "websocket.close":
                return message["code"], message.get("reason", "")

    async def has_heard(self) -> list[str]:
        """Return the names of the events that have arrived, once the server answered a question."""
        await self.call("nothing")
        return [frame["event"] for frame in self._events]

    async def _frame(self) -> Frame:
        message = await self.wire.receive()
        assert message["type"] == "websocket.send", message
        frame: Frame = json.loads(message["text"])
        return frame


@db
def sign_in(user: User) -> str:
    """Return the key of a new session of `user`."""
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


async def cookies_of(user: User | None, visitor: str = "") -> str:
    """Return the Cookie header of a browser that has opened a page of ours."""
    visitor = visitor or f"visitor-{next(_visitors)}"
    cookies = [f"{COOKIE}={Signer(salt='rooms.visitors').sign(visitor)}"]
    if user is not None:
        cookies.append(f"sessionid={await sign_in(user)}")
    return "; ".join(cookies)


def open_wire(
    *, cookies: str = "", origin: str | None = f"http://{HOST}", host: str = HOST, **scope: Any
) -> Wire:
    """Return a WebSocket as a browser would open it, not connected yet."""
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookies:
        headers.append((b"cookie", cookies.encode()))
    plain = {"type": "websocket", "path": "/ws/", "client": ("192.0.2.1", 50000)}
    return Wire({**plain, "headers": headers, **scope})


@asynccontextmanager
async def connected(
    user: User | None = None, *, visitor: str = "", **wire_options: Any
) -> AsyncIterator[Viewer]:
    """A page whose socket is open and has joined nothing."""
    cookies = wire_options.pop("cookies", None)
    if cookies is None:
        cookies = await cookies_of(user, visitor)
    wire = open_wire(cookies=cookies, **wire_options)
    assert await wire.connect(), "the socket was refused"
    try:
        yield Viewer(wire)
    finally:
        await wire.hang_up()


@asynccontextmanager
async def watching(
    room: Room,
    user: User | None = None,
    *,
    visitor: str = "",
    command: str = "join-room",
    **wire_options: Any,
) -> AsyncIterator[Viewer]:
    """A page that shows `room`; `viewer.snapshot` is what it was told."""
    async with connected(user, visitor=visitor, **wire_options) as viewer:
        answer = await viewer.call(command, roomId=room.room_id)
        assert answer["event"] == "ack", answer
        viewer.snapshot = answer["data"]
        yield viewer


async def publish(group: str, event: str, **data: Any) -> None:
    """Publish as services do once their transaction commits."""
    from streair.core.realtime import events

    message = {"type": "event.publish", "group": group, "event": event, "data": data}
    await sync_to_async(events.send)(group, message)
