"""Sockets on a real server: what only shows on the wire, and between processes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import requests
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from tests.servers.site import Site

pytestmark = pytest.mark.system

# Of 50 kB each: more than all buffers on the way hold.
EVENTS = 250
_OPEN_ROOM = """
from accounts.models import User
from rooms.models import Room
owner = User.objects.create(username="{name}", email="{name}@example.org")
print(Room.objects.create(owner=owner, title="A quiet evening").room_id)
"""
_SIGN_IN = """
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.create(username="{name}", email="{name}@example.org"))
print(client.cookies["sessionid"].value)
"""
_END_ALL_SIGN_INS = """
from accounts.models import User
User.objects.filter(username="{name}").update(token_version=1)
"""
_GO_LIVE = """
from rooms.models import Room
from rooms.services import go_live
go_live(Room.objects.get(room_id="{room}").pk)
"""


@asynccontextmanager
async def page(site: Site, path: str = "", **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket as a page of the site opens it."""
    async with connect(
        site.websocket_url + path, **{"origin": site.url, "close_timeout": 1, **options}
    ) as socket:
        yield socket


async def ask(socket: ClientConnection, event: str, **data: Any) -> dict[str, Any]:
    """Send a command and return its answer."""
    await socket.send(json.dumps({"event": event, "data": data, "id": 1}))
    while True:
        frame = await hear(socket)
        if frame.get("id") == 1:
            return frame


async def hear(socket: ClientConnection, name: str = "") -> dict[str, Any]:
    """Return the next frame (of this name)."""
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if not name or frame["event"] == name:
            return frame


async def closing_code(socket: ClientConnection) -> int | None:
    """Return the code that the server closes with; None when it says none."""
    try:
        async with asyncio.timeout(15):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def in_process(call: Callable[[str], str], code: str) -> str:
    """Run Python in a process of its own, as the worker or a command would."""
    return (await asyncio.to_thread(call, code)).strip()


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("", {"origin": None}),
        ("", {"origin": "http://evil.example"}),
        ("", {"origin": "null"}),
        ("elsewhere", {}),
        ("?token=secret", {"origin": None}),
    ],
)
async def test_a_refused_handshake_is_403(site: Site, path: str, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with page(site, path, **options):
            pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("is_text", "data", "code"),
    [
        (True, b'{"event": "\xff"}', 1007),
        (True, b"[" * 8000, 1007),
        (True, b"x" * 9_000, 1009),
        (True, b"x" * 1_000_000, 1009),
        (False, b"{}", 1003),
    ],
)
async def test_wrong_frames_close_the_socket(
    site: Site, is_text: bool, data: bytes, code: int
) -> None:
    async with page(site) as socket, page(site) as other:
        async with socket.send_context():
            # Past the client's own checks.
            send = socket.protocol.send_text if is_text else socket.protocol.send_binary
            send(data)

        assert await closing_code(socket) == code
        assert (await ask(other, "ping"))["event"] == "ack"


async def test_compression_keeps_nothing_between_messages_and_unpacks_no_bomb(site: Site) -> None:
    async with page(site) as socket:
        assert socket.response is not None
        answer = socket.response.headers["Sec-WebSocket-Extensions"]
        assert await ask(socket, "ping") == {"event": "ack", "id": 1, "data": {}}

        await socket.send("a" * 20_000_000)  # Some twenty kilobytes on the wire.
        code = await closing_code(socket)

    assert "server_no_context_takeover; client_no_context_takeover" in answer
    assert code == 1009


async def test_who_has_a_small_window_is_told_everything_uncompressed(site: Site) -> None:
    room = await in_process(site.python, _OPEN_ROOM.format(name="windows"))
    offer = ClientPerMessageDeflateFactory(server_max_window_bits=9)

    async with page(site, compression=None, extensions=[offer]) as socket:
        await ask(socket, "join-room", roomId=room)
        await in_process(site.python, _GO_LIVE.format(room=room))

        assert (await hear(socket, "stream-started"))["data"]["roomId"] == room


async def test_a_flood_is_stopped(site: Site) -> None:
    async with page(site) as socket:
        try:
            for _ in range(10_000):
                await socket.send('{"event": "ping"}')
        except ConnectionClosed:
            pass

        assert await closing_code(socket) == 1008


async def test_what_another_process_does_reaches_the_page(site: Site) -> None:
    room = await in_process(site.python, _OPEN_ROOM.format(name="across"))

    async with page(site) as socket:
        state = await ask(socket, "join-room", roomId=room)
        await in_process(site.python, _GO_LIVE.format(room=room))
        started = await hear(socket, "stream-started")

    assert state["data"]["state"] == "waiting"
    assert started["data"]["roomId"] == room


async def test_a_sign_in_that_ends_ends_its_sockets_within_two_seconds(site: Site) -> None:
    session = await in_process(site.python, _SIGN_IN.format(name="leaving"))
    cookies = {"Cookie": f"sessionid={session}"}

    async with page(site, additional_headers=cookies) as socket:
        assert (await ask(socket, "ping"))["event"] == "ack"
        await in_process(site.python, _END_ALL_SIGN_INS.format(name="leaving"))
        ended = time.monotonic()
        code = await closing_code(socket)
        took = time.monotonic() - ended

    assert code == 4001
    assert took < 2.5


async def test_a_page_that_does_not_read_is_closed_and_its_neighbor_misses_nothing(
    site: Site,
) -> None:
    room = await in_process(site.python, _OPEN_ROOM.format(name="flooded"))

    # Uncompressed: the same letter over and over would be next to nothing.
    async with (
        page(site, max_queue=1, compression=None) as slow,
        page(site, max_queue=None, compression=None) as quick,
    ):
        await ask(slow, "join-room", roomId=room)
        await ask(quick, "join-room", roomId=room)
        await asyncio.to_thread(flood, site, f"room.{room}", EVENTS)
        heard = [(await hear(quick, "room-updated"))["data"]["number"] for _ in range(EVENTS)]

        assert heard == list(range(EVENTS))
        assert await closing_code(slow) in {1013, None}


def flood(site: Site, group: str, count: int) -> None:
    """Publish `count` large events, as the worker would."""
    with requests.Session() as session:
        session.headers.update({"X-Hook-Secret": settings.HOOK_SECRET, "Host": settings.HOOK_HOST})
        for number in range(count):
            data = {"number": number, "roomId": "", "description": "x" * 50_000}
            message = {"event": "room-updated", "data": data}
            answer = session.post(
                f"{site.url}/hooks/event", json={"group": group, "message": message}, timeout=10
            )
            assert answer.status_code == 204


async def test_a_server_that_stops_says_so(start_site: Callable[..., Site]) -> None:
    site = start_site()

    async with page(site) as socket:
        assert (await ask(socket, "ping"))["event"] == "ack"
        await asyncio.to_thread(site.web.stop)

        assert await closing_code(socket) == 1012
