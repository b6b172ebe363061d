"""Whoever floods a socket is sent away with the right code; nobody else notices, and memory stays."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.load import usage
from tests.realtime.test_server import ask, page
from tests.servers.site import Site, running_site
from tests.system.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
    raw_socket,
)

pytestmark = pytest.mark.system

MB = 1 << 20
SAY_PING = b'{"event":"ping"}'
# A frame that never comes to its end is no message: the server's own ping goes unanswered.
FLOODS = {
    "pings": (frame(PING, b"x" * 125) * 20_000, 1008),
    "pongs": (frame(PONG, b"x" * 125) * 20_000, 1008),
    "tiny messages": (frame(TEXT, SAY_PING) * 10_000, 1008),
    "empty messages": (frame(TEXT) * 10_000, 1008),
    "empty parts": (
        frame(TEXT, b"{", fin=False) + frame(CONTINUATION, fin=False) * 20_000,
        1008,
    ),
    "pings between parts": (
        frame(TEXT, b"{", fin=False) + (frame(PING) + frame(CONTINUATION, fin=False)) * 10_000,
        1008,
    ),
    "a megabyte": (frame(TEXT, b"x" * MB), 1009),
    "the announcement of an exabyte": (b"\x81\xff" + b"\x10" + bytes(7) + bytes(4), 1009),
    "a megabyte in parts": (
        frame(TEXT, b"x" * 6000, fin=False) + frame(CONTINUATION, b"x" * 6000, fin=False) * 100,
        1009,
    ),
    "binary": (frame(BINARY, SAY_PING), 1003),
    "bad UTF-8": (frame(TEXT, b'{"event": "\xff"}'), 1007),
    "bad UTF-8 and goodbye": (frame(TEXT, b"\xff") + frame(CLOSE, b"\x03\xe8"), None),
    "a part of nothing": (frame(CONTINUATION, b"x"), 1002),
    "a message within another": (frame(TEXT, b"{", fin=False) + frame(TEXT, b"{}"), 1002),
    "an unknown kind": (frame(3, b"x"), 1002),
    "no mask": (frame(TEXT, SAY_PING, masked=False), 1002),
    "a ping in parts": (frame(PING, b"x", fin=False), 1002),
    "a ping too large": (frame(PING, b"x" * 126), 1002),
    "a goodbye too short": (frame(CLOSE, b"x"), 1002),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site whose memory nobody else uses."""
    with running_site() as running:
        yield running


@pytest.fixture
async def neighbor(site: Site) -> AsyncIterator[None]:
    """Somebody whose socket works, before and after."""
    async with page(site) as socket:
        assert (await ask(socket, "ping"))["event"] == "ack"
        yield
        assert (await ask(socket, "ping"))["event"] == "ack"


@pytest.fixture(autouse=True)
def _no_traceback(site: Site) -> Iterator[None]:
    before = site.web.output().count("Traceback")
    yield
    assert site.web.output().count("Traceback") == before, site.web.tail()


@pytest.mark.usefixtures("neighbor")
@pytest.mark.parametrize("name", FLOODS)
async def test_the_sender_is_closed(site: Site, name: str) -> None:
    data, code = FLOODS[name]
    async with raw_socket(site) as socket:
        await socket.send(data)

        assert await socket.closing_code() == code


@pytest.mark.usefixtures("neighbor")
async def test_a_message_that_never_ends_is_not_waited_for(site: Site) -> None:
    async with raw_socket(site) as socket:
        await socket.send(frame(TEXT, b'{"event":', fin=False))

        assert await socket.closing_code() == 1008


@pytest.mark.usefixtures("neighbor")
async def test_nor_one_that_drips(site: Site) -> None:
    async def drip(socket: RawSocket) -> None:
        await socket.send(frame(TEXT, b'{"event":', fin=False))
        while True:
            await socket.send(frame(CONTINUATION, b" ", fin=False))
            await asyncio.sleep(0.5)

    async with raw_socket(site) as socket, asyncio.TaskGroup() as tasks:
        dripping = tasks.create_task(drip(socket))
        assert await socket.closing_code() == 1008
        dripping.cancel()


@pytest.mark.usefixtures("neighbor")
async def test_a_message_in_parts_is_a_message(site: Site) -> None:
    async with raw_socket(site) as socket:
        for _ in range(3):
            await socket.send(frame(TEXT, b'{"event":', fin=False) + frame(PING, b"alive?"))
            await socket.send(frame(CONTINUATION, b'"pi', fin=False))
            await socket.send(frame(CONTINUATION, b'ng"}'))
        await socket.send(frame(CLOSE, b"\x03\xe8"))

        assert await socket.closing_code() == 1000


@pytest.mark.usefixtures("neighbor")
async def test_a_deflate_bomb_does_not_go_off(site: Site) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflate.compress(b"x" * (100 * MB)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    before = usage.memory_bytes(site.web.pid)

    async with raw_socket(site) as socket:
        # Small enough to come in as one frame.
        await socket.send(frame(TEXT, bomb[:12_000], rsv1=True))
        code = await socket.closing_code()

    assert code == (1009 if socket.is_compressed else 1002)
    assert usage.memory_bytes(site.web.pid) - before < 20 * MB


@pytest.mark.usefixtures("neighbor")
async def test_who_does_not_say_goodbye_is_cut_off(site: Site) -> None:
    async with raw_socket(site) as socket:
        await socket.send(frame(BINARY, SAY_PING))
        assert await socket.closing_code() == 1003

        await socket.cut()


@pytest.mark.usefixtures("neighbor")
async def test_who_floods_on_after_the_goodbye_is_cut_off(site: Site) -> None:
    before = usage.memory_bytes(site.web.pid)
    async with raw_socket(site) as socket:
        await socket.send(frame(BINARY, SAY_PING) + frame(PING, b"x" * 125))
        for _ in range(50):
            await socket.send(frame(PING, b"x" * 125) * 2000)

        await socket.cut()

    assert usage.memory_bytes(site.web.pid) - before < 20 * MB


@pytest.mark.usefixtures("neighbor")
async def test_many_floods_at_once_do_not_fill_the_memory(site: Site) -> None:
    floods = [data for data, _code in FLOODS.values()]
    before = usage.memory_bytes(site.web.pid)

    async def flood(data: bytes) -> None:
        async with raw_socket(site) as socket:
            await socket.send(data)
            await socket.closing_code()

    for _ in range(2):
        await asyncio.gather(*(flood(data) for data in floods * 5))

    assert usage.memory_bytes(site.web.pid) - before < 60 * MB
