"""Viewers: people, not tabs; announced sparingly, as pages see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rooms import viewer_board
from rooms.presence import BEAT_SECONDS, NAMES_BELOW
from rooms.presence_store import Beat, Change, MemoryStore
from tests.factories import RoomFactory, UserFactory
from tests.realtime.attendance import ROOM, process, user, visitor
from tests.realtime.client import connected, cookies_of, db, watching


async def test_a_person_in_three_tabs_is_one_viewer() -> None:
    async with process() as here:
        for _ in range(3):
            here.presence.enter(ROOM, visitor(1))
        here.presence.enter(ROOM, visitor(2))
        assert await here.presence.viewer_count(ROOM) == 2

        here.presence.leave(ROOM, visitor(1))
        assert await here.presence.viewer_count(ROOM) == 2
        here.presence.leave(ROOM, visitor(1))
        here.presence.leave(ROOM, visitor(1))
        assert await here.presence.viewer_count(ROOM) == 1


async def test_the_owner_does_not_count_but_hears_the_count() -> None:
    async with process() as here:
        here.presence.enter(ROOM, None)
        await here.tick()
        here.presence.enter(ROOM, visitor(1))
        await here.tick()

        assert here.notices.counts() == [("viewer-joined", 0), ("viewer-joined", 1)]


async def test_a_crowd_is_announced_once_a_second_and_stillness_not_at_all() -> None:
    async with process() as here:
        for number in range(1000):
            here.presence.enter(ROOM, visitor(number))
        await here.tick()
        for number in range(400):
            here.presence.leave(ROOM, visitor(number))
        await here.tick()
        for _ in range(10):
            await here.tick()

        assert here.notices.counts() == [("viewer-joined", 1000), ("viewer-left", 600)]


async def test_reloading_is_not_news() -> None:
    async with process() as here:
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        here.presence.leave(ROOM, visitor(1))
        here.presence.enter(ROOM, visitor(1))
        await here.tick()

        assert here.notices.counts() == [("viewer-joined", 1)]


async def test_names_are_told_of_signed_in_people_in_small_rooms_only() -> None:
    async with process() as here:
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        here.presence.enter(ROOM, user(7, "ada"))
        await here.tick()
        here.presence.leave(ROOM, user(7, "ada"))
        await here.tick()
        for number in range(2, NAMES_BELOW + 2):
            here.presence.enter(ROOM, visitor(number))
        await here.tick()
        here.presence.enter(ROOM, user(8, "bob"))
        await here.tick()

        named = [(name, data.get("username")) for name, data in here.notices.told]
        assert named == [
            ("viewer-joined", None),
            ("viewer-joined", "ada"),
            ("viewer-left", "ada"),
            ("viewer-joined", None),
            ("viewer-joined", None),
        ]
        assert here.notices.told[1][1]["userId"] == 7


async def test_pages_see_the_numbers_and_their_end() -> None:
    async with process() as here:
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        assert here.posted == {ROOM: 1}

        here.presence.leave(ROOM, visitor(1))
        await here.tick()
        assert here.posted == {ROOM: 0}


def test_the_board_shows_what_was_posted_and_nobody_elsewhere() -> None:
    viewer_board.post({"first": 3, "second": 0})

    assert viewer_board.viewer_counts(["first", "second", "third"]) == {
        "first": 3,
        "second": 0,
        "third": 0,
    }
    viewer_board.post({"first": 0})


class Failing(MemoryStore):
    """A store that is away now and then, after having done half of its work."""

    is_away = False

    async def report(self, changes: Mapping[str, Change]) -> None:
        await super().report(changes)
        self._fail()

    async def beat(self, rooms: Any) -> Beat:
        self._fail()
        return await super().beat(rooms)

    def _fail(self) -> None:
        if self.is_away:
            raise ConnectionError("the store is away")


async def test_a_store_that_is_away_costs_nothing_but_news() -> None:
    store = Failing()
    async with process(store) as here:
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        store.is_away = True
        here.presence.enter(ROOM, visitor(2))
        here.presence.enter("another", visitor(2))
        here.presence.leave(ROOM, visitor(1))
        await here.tick()
        assert await here.presence.viewer_count("another") == 1

        store.is_away = False
        here.presence.enter(ROOM, visitor(3))
        for _ in range(3):
            await here.tick()

        assert await here.presence.viewer_count(ROOM) == 2
        assert here.notices.counts()[-2:] == [("viewer-joined", 2), ("viewer-joined", 1)]


async def test_what_a_newcomer_is_told_stands_while_the_store_is_away() -> None:
    store = Failing()
    async with process(store) as here:
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        store.is_away = True
        here.clock.now += BEAT_SECONDS
        here.presence.enter(ROOM, visitor(2))

        assert await here.presence.viewer_count(ROOM) == 2
        await here.tick()
        assert here.notices.counts() == [("viewer-joined", 1)]

        store.is_away = False
        await here.tick()
        assert here.notices.counts() == [("viewer-joined", 1), ("viewer-joined", 2)]


# --- As pages see it ---


@pytest.mark.django_db(transaction=True)
async def test_pages_show_how_many_people_watch() -> None:
    owner, ada = await db(UserFactory)(), await db(UserFactory)(username="ada")
    room = await db(RoomFactory)(owner=owner)

    async with watching(room, user=owner) as streamer:
        assert streamer.snapshot["viewerCount"] == 0
        assert streamer.snapshot["you"]["isOwner"]
        async with (
            watching(room, visitor="v1") as first_tab,
            watching(room, visitor="v1"),
            watching(room, user=ada) as member,
            watching(room, user=ada),
        ):
            assert first_tab.snapshot["viewerCount"] == 1
            assert member.snapshot["viewerCount"] == 2
            await streamer.counts(2)
            await member.counts(2)
        await streamer.counts(0)


@pytest.mark.django_db(transaction=True)
async def test_a_browser_without_our_cookie_is_one_person_by_its_address() -> None:
    room = await db(RoomFactory)()

    async with connected(cookies="") as first, connected(cookies="") as second:
        await first.call("join-room", roomId=room.room_id)
        answer = await second.call("join-room", roomId=room.room_id)
        assert answer["data"]["viewerCount"] == 1

        async with connected(cookies="", client=("198.51.100.9", 1)) as third:
            answer = await third.call("join-room", roomId=room.room_id)
            assert answer["data"]["viewerCount"] == 2


@pytest.mark.django_db(transaction=True)
async def test_joining_again_and_again_leaves_nobody_behind() -> None:
    room = await db(RoomFactory)()
    cookies = await cookies_of(None)

    async with watching(room) as witness:
        async with connected(cookies=cookies) as viewer:
            for _ in range(20):
                await viewer.call("join-room", roomId=room.room_id)
        await witness.counts(1)
