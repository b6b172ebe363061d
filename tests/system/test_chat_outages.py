"""Chat while its servers die: what was written is there, everybody has it, nobody has it twice."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
import requests
from redis import Redis
from redis.exceptions import RedisError
from websockets.exceptions import ConnectionClosed

from tests.eventually import SLACK, comes_true, comes_true_as_promised
from tests.load import usage
from tests.servers.databases import postgres_server, redis_server
from tests.servers.process import Program, wait_until
from tests.servers.site import Site, running_site
from tests.system.chatters import Page, keeping_promises, pages, prepare, stored
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

AWAY_SECONDS = 15
# From the first PING that Redis answers again: readers have all that was written.
ALL_SECONDS = 3.0
# From the failure: whoever says something is told that it did not work.
TOLD_SECONDS = 3.0
# From the kill: everybody is back on another process.
BACK_SECONDS = 5.0
# From the first message that is written again; every process finds out by itself.
WELL_AGAIN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Servers:
    """What the tests kill."""

    site: Site
    redis: Program
    redis_url: str
    postgres: Program


def answers_ping(redis_url: str) -> bool:
    """Whether Redis is there."""
    with Redis.from_url(redis_url) as client, suppress(RedisError):
        return bool(client.ping())
    return False


async def all_have(crowd: list[Page], texts: list[str]) -> None:
    """Return once every page shows all of these, in time."""
    await comes_true_as_promised(
        lambda: all(page.texts[: len(texts)] == texts for page in crowd), seconds=ALL_SECONDS
    )


def answers_for(url: str, seconds: float) -> list[tuple[float, int]]:
    """Ask again and again, eight at a time; return when each was answered, and with which status."""
    began = time.monotonic()

    def ask(_number: int) -> list[tuple[float, int]]:
        answers = []
        while time.monotonic() < began + seconds:
            code = requests.get(url, timeout=30).status_code
            answers.append((time.monotonic() - began, code))
        return answers

    with ThreadPoolExecutor(8) as askers:
        return list(itertools.chain.from_iterable(askers.map(ask, range(8))))


@asynccontextmanager
async def browsing(site: Site, room: str) -> AsyncIterator[list[int]]:
    """Somebody who looks at pages and asks the API all the while; yields the answers' status codes."""
    paths = ["/", f"/rooms/{room}/", "/api/rooms", f"/api/rooms/{room}/messages", "/sign-in/"]
    answers: list[int] = []

    async def browse() -> None:
        for path in itertools.cycle(paths):
            answer = await asyncio.to_thread(requests.get, f"{site.url}{path}", timeout=30)
            answers.append(answer.status_code)
            await asyncio.sleep(0.1)

    browser = asyncio.create_task(browse())
    yield answers
    browser.cancel()
    with suppress(asyncio.CancelledError):
        await browser


@pytest.fixture(scope="module")
def site(servers: Servers) -> Site:
    """For the streamers."""
    return servers.site


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """A site of two web processes, with a Redis and a PostgreSQL of its own."""
    with (
        postgres_server() as (postgres, database_url),
        redis_server() as (redis, redis_url),
        keeping_promises(database_url),
        running_site(DATABASE_URL=database_url, REDIS_URL=redis_url, WEB_WORKERS="2") as site,
    ):
        yield Servers(site, redis, redis_url, postgres)


async def test_without_redis_nothing_is_lost_and_nobody_is_thrown_out(
    servers: Servers,
) -> None:
    site, redis, redis_url = servers.site, servers.redis, servers.redis_url
    room, session = await prepare(site, "redis_gone")
    said: list[str] = []

    async def say_until(is_over: Callable[[], bool]) -> None:
        while not is_over():
            answer = await crowd[0].say(str(len(said)))
            assert answer["event"] == "ack", answer
            said.append(str(len(said)))
            # A socket may say sixty things in ten seconds.
            await asyncio.sleep(0.2)

    async with pages(site, room, session, 30) as crowd, browsing(site, room) as answers:
        await say_until(lambda: len(said) == 20)
        redis.kill()
        gone = time.monotonic()
        await say_until(lambda: time.monotonic() > gone + AWAY_SECONDS)
        # What another process wrote is read from the database meanwhile.
        await all_have(crowd, list(said))
        redis.start()
        await say_until(lambda: answers_ping(redis_url))
        await all_have(crowd, list(said))
        back = len(said)
        await say_until(lambda: len(said) == back + 20)
        await all_have(crowd, said)
        assert all(page.texts == said for page in crowd)

    assert [page.joins for page in crowd] == [1] * 30
    assert await stored(site, room) == said
    assert len(answers) > 5
    assert set(answers) == {200}


async def test_without_postgresql_senders_are_told_soon_and_it_comes_back_by_itself(
    servers: Servers, make_streamer: Callable[[], Streamer]
) -> None:
    site, postgres = servers.site, servers.postgres
    room, session = await prepare(site, "postgres_gone")
    streamer = make_streamer()
    streamer.publish()
    await asyncio.to_thread(streamer.wait_for, "live")

    async with pages(site, room, session, 10) as crowd:
        assert (await crowd[0].say("before"))["event"] == "ack"
        with Viewer(site, streamer.room_id) as viewer:
            await asyncio.to_thread(viewer.see, 30)
            postgres.kill()
            gone = time.monotonic()
            waited = []
            while time.monotonic() < gone + AWAY_SECONDS:
                said = time.monotonic()
                answer = await crowd[0].say("lost", patience=TOLD_SECONDS * SLACK)
                waited.append(time.monotonic() - said)
                assert answer["data"]["code"] == "unavailable"
                assert answer["data"]["message"]
                await asyncio.to_thread(viewer.see, 30)
            assert statistics.median(waited) <= TOLD_SECONDS
            postgres.start()
            await asyncio.to_thread(viewer.see, 30)
            assert viewer.is_watching

        async with asyncio.timeout(30):
            while (await crowd[0].say("after"))["event"] != "ack":  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        await comes_true(
            lambda: all(page.texts == ["before", "after"] for page in crowd), seconds=5
        )

    assert [page.joins for page in crowd] == [1] * 10
    assert await stored(site, room) == ["before", "after"]
    # Nor does a connection that rested meanwhile cost anybody an answer, in neither process.
    answers = await asyncio.to_thread(answers_for, f"{site.url}/api/rooms/{room}/messages", 8.0)
    assert len(answers) > 60
    assert {code for when, code in answers if when > WELL_AGAIN_SECONDS} == {200}


async def test_a_killed_process_costs_its_pages_nothing_but_a_moment(
    servers: Servers,
) -> None:
    site = servers.site
    room, session = await prepare(site, "killed")

    async with pages(site, room, session, 200) as crowd:
        master, *workers = usage.tree(site.web.pid)
        for number in range(40):
            if number == 10:
                os.kill(workers[0], signal.SIGKILL)
                killed = time.monotonic()
            try:
                answer = await crowd[0].say(str(number))
            except (asyncio.CancelledError, ConnectionClosed):
                continue  # Nobody knows; the database does.
            assert answer["event"] == "ack"
            await asyncio.sleep(0.05)
        said = await stored(site, room)
        await all_have(crowd, said)

    assert all(page.texts == said for page in crowd)
    assert {page.joins for page in crowd} == {1, 2}
    assert max(page.joined for page in crowd) - killed <= BACK_SECONDS * SLACK
    assert len(said) >= 35
    assert master == site.web.pid
    await asyncio.to_thread(wait_until, lambda: len(usage.tree(site.web.pid)) >= 3, timeout=10)
