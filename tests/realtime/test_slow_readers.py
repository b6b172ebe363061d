"""A reader who is too slow for its room goes; nobody else notices."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from streair.core.realtime import outbox
from streair.core.realtime.hub import Hub
from streair.core.realtime.outbox import MAX_CHARACTERS, MAX_FRAMES, Outbox, SocketGone


class Wire:
    """A server's `send` to a peer who reads only while it is told to."""

    def __init__(self) -> None:
        self.sent: list[MutableMapping[str, Any]] = []
        self.reads = asyncio.Event()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)


async def write(box: Outbox, wire: Wire) -> None:
    with pytest.raises(SocketGone):
        await box.write_to(wire.send)


@pytest.fixture(autouse=True)
def _short_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "GOODBYE_SECONDS", 0.1)


def texts(wire: Wire) -> list[str]:
    return [message["text"] for message in wire.sent if message["type"] == "websocket.send"]


async def test_frames_arrive_in_order_then_the_close() -> None:
    box, wire = Outbox(), Wire()
    wire.reads.set()

    box.put("one")
    box.put("two")
    box.close(4001, "signed out")
    box.close(1013, "too slow")
    box.put("too late")
    await write(box, wire)

    assert texts(wire) == ["one", "two"]
    assert wire.sent[-1] == {"type": "websocket.close", "code": 4001, "reason": "signed out"}


@pytest.mark.parametrize(
    ("frame", "most"), [("x", MAX_FRAMES), ("x" * 8192, MAX_CHARACTERS // 8192)]
)
async def test_a_queue_is_bounded_in_frames_and_in_size(frame: str, most: int) -> None:
    box, wire = Outbox(), Wire()
    async with asyncio.TaskGroup() as tasks:
        writer = tasks.create_task(write(box, wire))
        for _ in range(most):
            box.put(frame)
        within = box.closing
        box.put(frame)
        box.put(frame)

        assert (within, box.closing) == (None, (1013, "too slow"))
        await writer

    # It never read, so it is not even told; its connection is cut.
    assert wire.sent == []


async def test_a_reader_who_wakes_up_in_time_is_told_to_come_back() -> None:
    box, wire = Outbox(), Wire()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write(box, wire))
        await asyncio.sleep(0)
        for number in range(MAX_FRAMES + 2):
            box.put(str(number))
        wire.reads.set()

    assert wire.sent[-1] == {"type": "websocket.close", "code": 1013, "reason": "too slow"}
    # What waited was dropped: the newest state serves a returning reader better.
    assert len(texts(wire)) <= 1


async def test_held_back_events_follow_the_answer() -> None:
    box, wire = Outbox(), Wire()
    wire.reads.set()

    box.put("before")
    box.hold()
    box.put("first event")
    box.put("second event")
    box.answer("the snapshot")
    box.release()
    box.put("third event")
    box.close(1000)
    await write(box, wire)

    assert texts(wire) == ["before", "the snapshot", "first event", "second event", "third event"]


async def test_what_is_held_back_is_bounded_too() -> None:
    box = Outbox()
    box.hold()

    for _ in range(MAX_FRAMES + 1):
        box.put("event")

    assert box.closing == (1013, "too slow")


async def test_a_peer_who_left_ends_the_writer() -> None:
    async def send(message: MutableMapping[str, Any]) -> None:
        raise ConnectionResetError

    box = Outbox()
    box.put("hello")

    with pytest.raises(SocketGone):
        await box.write_to(send)


async def test_a_room_does_not_wait_for_its_slowest_reader() -> None:
    hub, slow, quick, wire = Hub(), Outbox(), Outbox(), Wire()
    wire.reads.set()
    await hub.join("room.a", slow)
    await hub.join("room.a", quick)
    async with asyncio.TaskGroup() as tasks:
        writer = tasks.create_task(write(quick, wire))
        for number in range(MAX_FRAMES + 10):
            await hub.tell("room.a", "event", {"number": number})
            await asyncio.sleep(0)
        assert slow.closing == (1013, "too slow")
        quick.close(1000)
        await writer

    assert len(texts(wire)) == MAX_FRAMES + 10
