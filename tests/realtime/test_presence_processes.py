"""Viewers over several processes, with a real Redis: each person once, the dead forgotten."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rooms.presence import NAMES_BELOW
from tests.realtime.attendance import ROOM, Process, processes, user, visitor
from tests.servers.databases import redis_server

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def redis_url() -> Any:
    with redis_server() as (_program, url):
        yield url


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


async def test_whoever_comes_and_is_elsewhere_too_is_told_the_right_number_after_all(
    redis_url: str,
) -> None:
    async with processes(redis_url, 2, "twice") as (first, second):
        first.presence.enter(ROOM, user(7, "ada"))
        second.presence.enter(ROOM, visitor(1))
        for _ in range(2):
            await tick([first, second])
        already = len(first.notices.told), len(second.notices.told)

        second.presence.enter(ROOM, user(7, "ada"))
        assert await second.presence.viewer_count(ROOM) == 3
        for _ in range(3):
            await tick([second, first])

        # Once, to those who may have heard of three; and nobody left.
        assert len(first.notices.told) == already[0]
        assert second.notices.told[already[1] :] == [
            ("viewer-left", {"roomId": ROOM, "viewerCount": 2})
        ]


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


async def test_four_processes_agree_and_forget_the_one_that_is_killed(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with processes(redis_url, 4, "four") as all_four:
        *survivors, last = all_four
        for number, each in enumerate(all_four):
            each.presence.enter(ROOM, visitor(number))
            each.presence.enter(ROOM, visitor(99))  # Somebody with a tab on each of them.
        for _ in range(3):
            await tick(all_four)
        assert [each.notices.counts()[-1] for each in all_four] == [("viewer-joined", 5)] * 4

        monkeypatch.setattr("rooms.presence_store.LIFETIME_SECONDS", 0.5)
        async with asyncio.timeout(10):  # Redis' time, unlike ours, passes by itself.
            while any(each.notices.counts()[-1] != ("viewer-left", 4) for each in survivors):
                await tick(survivors)

        # It was only slow: its people are back with its next heartbeat.
        monkeypatch.setattr("rooms.presence_store.LIFETIME_SECONDS", 6)
        for _ in range(4):
            await tick([last, *survivors])
        assert [await each.presence.viewer_count(ROOM) for each in all_four] == [5] * 4


async def test_news_that_are_lost_are_made_up_for_within_five_seconds(redis_url: str) -> None:
    async with processes(redis_url, 2, "deaf") as (page, player):
        page.notices.others = player.notices.others = []
        page.presence.enter(ROOM, visitor(1))
        player.presence.enter(ROOM, visitor(2))
        await tick([page, player])

        player.presence.enter(ROOM, visitor(3))
        for _ in range(5):
            await tick([player, page])
        assert page.notices.counts()[-1] == ("viewer-joined", 3)

        page.presence.leave(ROOM, visitor(1))
        for _ in range(5):
            await tick([page, player])
        assert player.posted == {ROOM: 2}


async def test_a_crowd_elsewhere_takes_the_names_away(redis_url: str) -> None:
    async with processes(redis_url, 2, "crowd") as (first, second):
        for number in range(NAMES_BELOW):
            second.presence.enter(ROOM, visitor(number))
        await tick([second])
        first.presence.enter(ROOM, user(7, "ada"))
        for _ in range(2):
            await tick([first, second])

        for each in (first, second):
            assert each.notices.counts()[-1] == ("viewer-joined", NAMES_BELOW + 1)
            assert all("username" not in data for _name, data in each.notices.told)


async def tick(processes: list[Process]) -> None:
    """Let a second pass in each of them, one after the other."""
    for each in processes:
        await each.tick()
