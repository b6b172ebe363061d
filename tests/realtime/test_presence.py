"""Viewers: people, counted over processes, announced sparingly, forgotten when a process dies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rooms import viewer_board
from rooms.attendance import Person
from rooms.presence import NAMES_BELOW, Presence
from rooms.presence_store import Beat, Change, MemoryStore, PresenceStore, RedisStore
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, cookies_of, db, watching
from tests.servers.databases import redis_server

ROOM = "abc"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Notices:
    """What the sockets here were told; other processes are reached at once."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.others: list[Presence] = []

    async def tell(self, group: str, name: str, data: dict[str, Any]) -> None:
        self.told.append((name, data))

    async def send(self, group: str, message: dict[str, Any]) -> None:
        newcomer, leaver = message["newcomer"], message["leaver"]
        for other in self.others:
            other.look_again(
                message["roomId"],
                newcomer=Person(**newcomer) if newcomer else None,
                leaver=Person(**leaver) if leaver else None,
            )

    def counts(self) -> list[tuple[str, int]]:
        return [(name, data["viewerCount"]) for name, data in self.told]


class Process:
    """One process's presence, whose seconds pass by `tick`."""

    def __init__(self, store: PresenceStore, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.notices = Notices()
        self.posted: dict[str, int] = {}
        self.presence = Presence(
            store, self.notices, board=self._post, tick_seconds=3600, clock=self.clock
        )

    async def tick(self) -> None:
        self.clock.now += 1
        await self.presence.tick()

    async def _post(self, counts: Mapping[str, int]) -> None:
        self.posted.update(counts)


def visitor(number: int) -> Person:
    return Person(f"visitor:{number}")


def user(number: int, name: str) -> Person:
    return Person(f"user:{number}", user_id=number, username=name)


@asynccontextmanager
async def process(store: PresenceStore | None = None) -> AsyncIterator[Process]:
    one = Process(store or MemoryStore())
    try:
        yield one
    finally:
        await one.presence.stop()


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


# --- Over processes, with a real Redis ---


@pytest.fixture(scope="module")
def redis_url() -> Any:
    with redis_server() as (_program, url):
        yield url


@asynccontextmanager
async def processes(redis_url: str, count: int, prefix: str) -> AsyncIterator[list[Process]]:
    found = [Process(RedisStore(redis_url, prefix=prefix)) for _ in range(count)]
    for one in found:
        one.notices.others = [other.presence for other in found if other is not one]
    try:
        yield found
    finally:
        for one in found:
            await one.presence.stop()


@pytest.mark.system
async def test_people_are_counted_over_processes_each_once(redis_url: str) -> None:
    async with processes(redis_url, 2, "once") as (first, second):
        first.presence.enter(ROOM, visitor(1))
        first.presence.enter(ROOM, visitor(2))
        second.presence.enter(ROOM, visitor(2))
        second.presence.enter(ROOM, user(7, "ada"))
        for _ in range(2):
            await first.tick()
            await second.tick()
        assert first.notices.counts()[-1] == second.notices.counts()[-1] == ("viewer-joined", 3)

        second.presence.leave(ROOM, visitor(2))
        await second.tick()
        await first.tick()
        assert await first.presence.viewer_count(ROOM) == 3

        second.presence.leave(ROOM, user(7, "ada"))
        await second.tick()
        await first.tick()
        assert first.notices.told[-1] == (
            "viewer-left",
            {"roomId": ROOM, "viewerCount": 2, "userId": 7, "username": "ada"},
        )


@pytest.mark.system
async def test_a_killed_process_takes_its_viewers_along(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with processes(redis_url, 2, "killed") as (first, second):
        first.presence.enter(ROOM, visitor(1))
        second.presence.enter(ROOM, visitor(2))
        for _ in range(2):
            await first.tick()
            await second.tick()
        assert await first.presence.viewer_count(ROOM) == 2

        # The second is silent from here on: its heartbeat is as good as six seconds old.
        monkeypatch.setattr("rooms.presence_store.LIFETIME_SECONDS", 0.2)
        waited = 0
        while first.notices.counts()[-1] != ("viewer-left", 1):
            await first.tick()
            waited += 1

        assert await first.presence.viewer_count(ROOM) == 1
        # It was taken for dead, wrongly: it reports all of its people again.
        monkeypatch.setattr("rooms.presence_store.LIFETIME_SECONDS", 6)
        for _ in range(3):
            await second.tick()
            await first.tick()
        assert await first.presence.viewer_count(ROOM) == 2


@pytest.mark.system
async def test_a_redis_that_lost_everything_is_told_again(redis_url: str) -> None:
    from redis.asyncio import Redis

    async with processes(redis_url, 2, "lost") as (first, second):
        first.presence.enter(ROOM, visitor(1))
        second.presence.enter(ROOM, visitor(2))
        await first.tick()
        await second.tick()

        async with Redis.from_url(redis_url) as client:
            await client.flushdb()
        for _ in range(3):
            await first.tick()
            await second.tick()

        assert await first.presence.viewer_count(ROOM) == 2
        assert await second.presence.viewer_count(ROOM) == 2


@pytest.mark.system
async def test_a_process_that_stops_says_goodbye(redis_url: str) -> None:
    async with processes(redis_url, 2, "goodbye") as (first, second):
        first.presence.enter(ROOM, visitor(1))
        second.presence.enter(ROOM, visitor(2))
        for _ in range(2):
            await first.tick()
            await second.tick()

        await second.presence.stop()
        await first.tick()
        await first.tick()

        assert first.notices.counts()[-1] == ("viewer-left", 1)


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
