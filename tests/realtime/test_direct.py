"""Sockets that our own server writes to directly: nothing waits, and the slow ones go."""

from __future__ import annotations

import json

import pytest

from streair.core.realtime.frames import Prepared, ack, array
from streair.core.realtime.outbox import MAX_BACKLOG, Outbox


class Connection:
    """A connection whose peer reads nothing."""

    def __init__(self) -> None:
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
