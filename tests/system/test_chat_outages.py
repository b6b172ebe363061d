"""Chat while its servers die: what was written is there, everybody has it, nobody has it twice."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from tests.eventually import comes_true
from tests.load import usage
from tests.servers.databases import postgres_server, redis_server
from tests.servers.process import Program, wait_until
from tests.servers.site import Site, running_site
from tests.system.chatters import keeping_promises, pages, prepare, stored
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

AWAY_SECONDS = 15
# From the first message that is written again; every process finds out by itself.
WELL_AGAIN_SECONDS = 3.0


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
def site(servers: tuple[Site, Program, Program]) -> Site:
    """For the streamers."""
    return servers[0]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Site, Program, Program]]:
    """A site of two web processes, with a Redis and a PostgreSQL of its own."""
    with (
        postgres_server() as (postgres, database_url),
        redis_server() as (redis, redis_url),
        keeping_promises(database_url),
        running_site(DATABASE_URL=database_url, REDIS_URL=redis_url, WEB_WORKERS="2") as site,
    ):
        yield site, redis, postgres


async def test_without_redis_nothing_is_lost_and_nobody_is_thrown_out(
    servers: tuple[Site, Program, Program],
) -> None:
    site, redis, _postgres = servers
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
        during = list(said)
        await comes_true(
            lambda: all(page.texts[: len(during)] == during for page in crowd), seconds=20
        )
        redis.start()
        await say_until(lambda: len(said) == len(during) + 20)
        await comes_true(lambda: all(page.texts == said for page in crowd), seconds=20)

    assert [page.joins for page in crowd] == [1] * 30
    assert await stored(site, room) == said
    assert len(answers) > 5
    assert set(answers) == {200}


async def test_without_postgresql_senders_are_told_soon_and_it_comes_back_by_itself(
    servers: tuple[Site, Program, Program], make_streamer: Callable[[], Streamer]
) -> None:
    site, _redis, postgres = servers
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
            while time.monotonic() < gone + AWAY_SECONDS:
                answer = await crowd[0].say("lost", patience=4)
                assert answer["data"]["code"] == "unavailable"
                assert answer["data"]["message"]
                await asyncio.to_thread(viewer.see, 30)
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
    servers: tuple[Site, Program, Program],
) -> None:
    site, _redis, _postgres = servers
    room, session = await prepare(site, "killed")
    said: list[str] = []

    async with pages(site, room, session, 200) as crowd:
        master, *workers = usage.tree(site.web.pid)
        for number in range(40):
            if number == 10:
                os.kill(workers[0], signal.SIGKILL)
            try:
                answer = await crowd[0].say(str(number))
            except (asyncio.CancelledError, ConnectionClosed):
                continue  # Nobody knows; the database does.
            assert answer["event"] == "ack"
            await asyncio.sleep(0.05)
        said = await stored(site, room)
        await comes_true(lambda: all(page.texts == said for page in crowd), seconds=10)

    assert {page.joins for page in crowd} == {1, 2}
    assert len(said) >= 35
    assert master == site.web.pid
    await asyncio.to_thread(wait_until, lambda: len(usage.tree(site.web.pid)) >= 3, timeout=10)
