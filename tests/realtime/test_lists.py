"""Pages that watch lists of rooms: what they hear, whatever room they have open."""

from __future__ import annotations

import pytest

from rooms import services
from rooms.models import EndReason
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)
go_live, end_room = db(services.go_live), db(services.end_room)


async def test_who_watches_lists_hears_of_rooms_and_others_do_not() -> None:
    room = await new_room(owner=await new_user(username="linh"))

    async with connected() as lister, connected() as other:
        assert (await lister.call("watch-lists"))["event"] == "ack"
        await go_live(room.pk)

        told = await lister.event("live-list-changed")

        expected = {"roomId": room.room_id, "username": "linh", "isLive": True}
        assert told["data"] == expected
        assert await other.has_heard() == []


async def test_leaving_a_room_leaves_the_lists_alone() -> None:
    here, there = await new_room(), await new_room()

    async with watching(here) as viewer:
        await viewer.call("watch-lists")
        await viewer.call("leave-room")
        await go_live(there.pk)
        assert (await viewer.event("live-list-changed"))["data"]["roomId"] == there.room_id

        await go_live(here.pk)
        await viewer.event("live-list-changed")

        # Of the room that it left it hears as a list does, and nothing else.
        assert "stream-started" not in await viewer.has_heard()


async def test_a_room_that_opens_and_one_that_hides_are_told_to_nobody() -> None:
    hidden = await new_room(visibility="unlisted")

    async with connected() as lister:
        await lister.call("watch-lists")
        await go_live(hidden.pk)
        await end_room(room=hidden, reason=EndReason.OWNER, block_encoder=False)

        assert await lister.has_heard() == []
