"""Whatever comes in over a socket: an error or a close code, never a traceback, and nobody else notices."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from streair.core.realtime import pace
from tests.factories import RoomFactory
from tests.realtime.client import connected, db, publish, watching

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_goes_wrong_inside(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 1007),
        ("{", 1007),
        ("hello", 1007),
        ('{"event": NaN}', 1007),
        ("[" * 8000, 1007),
        ('{"a":' * 1500, 1007),
        ("1" * 5000, 1007),
        ('{"event": "\\ud800"}', 1007),
        ('{"event": "join-room", "data": {"roomId": "a\\u0000b"}}', 1007),
        ("x" * 8193, 1009),
        ('{"event": "' + "ă" * 4100 + '"}', 1009),
    ],
)
async def test_what_no_client_of_ours_sends_closes_the_socket(text: str, code: int) -> None:
    async with connected() as viewer:
        await viewer.send_text(text)

        assert (await viewer.closed())[0] == code


async def test_binary_frames_close_the_socket() -> None:
    async with connected() as viewer:
        await viewer.wire.send({"type": "websocket.receive", "bytes": b'{"event": "ping"}'})

        assert (await viewer.closed())[0] == 1003


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ([], "bad-frame"),
        (None, "bad-frame"),
        ("ping", "bad-frame"),
        ({}, "bad-frame"),
        ({"event": 7}, "bad-frame"),
        ({"event": ""}, "bad-frame"),
        ({"event": ["ping"]}, "bad-frame"),
        ({"event": "ping", "data": []}, "bad-frame"),
        ({"event": "ping", "data": "x"}, "bad-frame"),
        ({"event": "ping", "id": "1"}, "bad-frame"),
        ({"event": "ping", "id": True}, "bad-frame"),
        ({"event": "ping", "id": 1.5}, "bad-frame"),
        ({"event": "ping", "id": 2**60}, "bad-frame"),
        ({"event": "ping", "id": {}}, "bad-frame"),
        ({"event": "nothing"}, "unknown-event"),
        ({"event": "__init__"}, "unknown-event"),
        ({"event": "websocket.disconnect"}, "unknown-event"),
        ({"event": "join-room"}, "room-not-found"),
    ],
)
async def test_what_cannot_be_done_is_answered_by_a_code(frame: object, code: str) -> None:
    async with connected() as viewer:
        await viewer.send_text(json.dumps(frame))
        answer = await viewer.event()

        assert answer["event"] == "error"
        assert answer["data"]["code"] == code
        assert "id" not in answer
        assert (await viewer.call("ping"))["event"] == "ack"


async def test_an_id_comes_back_and_without_one_there_is_no_ack() -> None:
    async with connected() as viewer:
        await viewer.send_text('{"event": "ping"}')
        await viewer.send_text('{"event": "ping", "data": null, "id": 0}')
        await viewer.send_text('{"event": "nothing", "id": -3}')

        assert await viewer.event() == {"event": "ack", "id": 0, "data": {}}
        assert (await viewer.event())["id"] == -3


async def test_a_flood_closes_the_one_who_sends_it_and_nobody_else() -> None:
    room = await db(RoomFactory)()

    async with watching(room) as flooder, watching(room) as other:
        for _ in range(10 * pace.MAX_FRAMES):
            await flooder.send_text('{"event": "ping"}')

        assert (await flooder.closed())[0] == 1008
        await publish(room.group, "stream-started", roomId=room.room_id)
        await other.event("stream-started")
