"""Sockets that our own server writes to directly: nothing waits, and the slow ones go."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from streair.core.realtime.frames import Prepared, Private, ack, array
from streair.core.realtime.outbox import MAX_BACKLOG, Outbox


class Connection:
    """A connection whose peer reads nothing."""

    def __init__(self, *, unpacks: bool = False) -> None:
        self.unpacks = unpacks
        self.written = b""
        self.closed: list[tuple[int, str]] = []

    def write(self, frames: bytes) -> int:
        self.written += frames
        return len(self.written)

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("x" * 125, b"\x81\x7d"),
        ("x" * 126, b"\x81\x7e\x00\x7e"),
        ("ậ" * 100, b"\x81\x7e\x01\x2c"),
        ("x" * 65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_says_how_long_it_is(text: str, head: bytes) -> None:
    assert Prepared(text).wire == head + text.encode()


async def test_events_of_one_moment_are_one_write() -> None:
    connection = Connection()
    box = Outbox(connection)

    box.put_prepared(Prepared("one", "two"))

    assert connection.written == b"\x81\x03one\x81\x03two"


async def test_what_is_held_back_follows_the_answer() -> None:
    connection = Connection()
    box = Outbox(connection)

    box.hold()
    box.put("event")
    box.answer("answer")
    box.release()

    assert connection.written == b"\x81\x06answer\x81\x05event"


async def test_who_falls_behind_is_closed_once_and_hears_no_more() -> None:
    connection = Connection()
    box = Outbox(connection)
    piece = Prepared("x" * 10_000)

    while not connection.closed:
        box.put_prepared(piece)
    written = len(connection.written)
    box.put_prepared(piece)
    box.close(4001, "signed out")

    assert connection.closed == [(1013, "too slow")]
    assert len(connection.written) == written
    assert MAX_BACKLOG < written <= MAX_BACKLOG + len(piece.wire)


def test_an_answer_takes_what_was_put_together_before() -> None:
    ready = array(['{"id":1}', '{"id":2}'])

    assert json.loads(ack(7, {"roomId": "a", "messages": ready})) == {
        "event": "ack",
        "id": 7,
        "data": {"roomId": "a", "messages": [{"id": 1}, {"id": 2}]},
    }
    assert json.loads(ack(7, {"messages": ready}))["data"] == {"messages": [{"id": 1}, {"id": 2}]}
    assert json.loads(ack(7, {}))["data"] == {}


def frames_in(data: bytes) -> list[str]:
    """Return what a client with permessage-deflate reads, each message by itself."""
    reader = StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    deflate = PerMessageDeflate(True, True, 15, 15)
    found = []
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=False, max_size=1 << 20, extensions=[deflate])
        with pytest.raises(StopIteration) as done:
            next(parsing)
        frame = done.value.value
        assert (frame.fin, frame.opcode) == (True, Opcode.TEXT)
        found.append(bytes(frame.data).decode())
    return found


@given(st.lists(st.text() | st.text(min_size=1).map(lambda text: text * 200)))
def test_what_is_packed_says_the_same(texts: list[str]) -> None:
    events = Prepared(*texts)

    assert frames_in(events.packed) == frames_in(events.wire) == texts
    assert len(events.packed) <= len(events.wire)


async def test_who_unpacks_gets_events_packed_and_answers_as_they_are() -> None:
    packed, plain = Connection(unpacks=True), Connection()
    events = Prepared('{"event":"new-message"}' * 10)

    for connection in (packed, plain):
        box = Outbox(connection)
        box.put_prepared(events)
        box.answer("answer" * 50)

    assert frames_in(packed.written) == frames_in(plain.written)
    assert packed.written == events.packed + Private("answer" * 50).wire
    assert len(events.packed) < len(events.wire) / 4
    assert events.packed is events.packed
