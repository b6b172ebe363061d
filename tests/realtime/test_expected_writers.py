"""A process has a connection ready for as long as somebody is there who may say something."""

from __future__ import annotations

from collections import Counter

import pytest

from chat.runtime import express
from tests.eventually import comes_true
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)


@pytest.fixture
def expected(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many are expected, and how often somebody began to be."""
    found: Counter[str] = Counter()
    monkeypatch.setattr(express, "expect_writer", lambda: found.update({"now": 1, "ever": 1}))
    monkeypatch.setattr(express, "expect_no_more", lambda: found.subtract({"now": 1}))
    return found


async def test_whoever_is_signed_in_counts_once_whatever_they_open(
    expected: Counter[str],
) -> None:
    room, other, ada = await new_room(), await new_room(), await new_user()

    async with watching(room, user=ada) as page:
        assert expected["now"] == 1
        await page.call("join-room", roomId=room.room_id)
        await page.call("join-room", roomId=other.room_id)
        assert expected["now"] == 1
        await page.call("join-room", roomId="nowhere")
        assert expected["now"] == 0
        await page.call("join-room", roomId=room.room_id)
        await page.call("leave-room")
        await page.call("leave-room")
        assert expected["now"] == 0
        await page.call("join-room", roomId=room.room_id)

    await comes_true(lambda: expected["now"] == 0)


async def test_guests_and_sockets_without_a_room_do_not(expected: Counter[str]) -> None:
    room, ada = await new_room(), await new_user()

    async with connected(ada), watching(room):
        assert expected["ever"] == 0
