"""The channel layer over a real Redis: what is told to the other processes, and what becomes of it."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
import uvloop

from streair.core.realtime.hub import LAYER_ERRORS
from streair.core.realtime.layer import _MOST_TOLD, RedisLayer
from tests.eventually import comes_true
from tests.servers.databases import redis_server
from tests.servers.process import Program

pytestmark = pytest.mark.system

GROUP = "room.a"


@pytest.fixture
def server() -> Iterator[tuple[Program, str]]:
    with redis_server() as running:
        yield running


class Process:
    """A process that is in a group, and what it hears there."""

    def __init__(self, url: str) -> None:
        self.layer = RedisLayer(hosts=[url])
        self.heard: list[int] = []

    async def join(self) -> str:
        channel = str(await self.layer.new_channel())
        await self.layer.group_add(GROUP, channel)
        return channel

    async def listen(self, channel: str) -> None:
        while True:
            self.heard.append((await self.layer.receive(channel))["number"])

    async def tell(self, number: int) -> None:
        await self.layer.group_tell_others(GROUP, {"type": "any.thing", "number": number})

    def tell_now(self, number: int, *, padding: str = "") -> bool:
        message = {"type": "any.thing", "number": number, "padding": padding}
        return bool(self.layer.group_tell_others_now(GROUP, message))

    @property
    def waits_for(self) -> int:
        """How many of its own messages it expects back."""
        return len(self._shard._told)

    @property
    def unsent(self) -> int:
        """How many bytes the kernel has not taken yet."""
        writer = self._shard._mute._connection._writer
        return int(writer.transport.get_write_buffer_size())

    @property
    def _shard(self) -> Any:
        (shard,) = self.layer._get_layer()._shards
        return shard


@asynccontextmanager
async def two_processes(url: str) -> AsyncIterator[tuple[Process, Process]]:
    both = Process(url), Process(url)
    listeners = [asyncio.create_task(each.listen(await each.join())) for each in both]
    try:
        await both_listen(url)
        yield both
    finally:
        for listener, process in zip(listeners, both, strict=True):
            listener.cancel()
            await asyncio.wait([listener])
            await process.layer.flush()


def limited(url: str) -> str:
    """Return the address for a user who may not say CLIENT."""
    with redis.Redis.from_url(url) as admin:
        admin.acl_setuser(
            *("few", True),
            passwords=["+secret"],
            channels=["*"],
            categories=["+@all"],
            commands=["-client"],
        )
    address = urlsplit(url)
    return f"redis://few:secret@{address.hostname}:{address.port}"


async def both_listen(url: str) -> None:
    """Return once Redis knows them, again."""
    with redis.Redis.from_url(url) as admin:
        channel = f"asgi__group__{GROUP}"
        await comes_true(lambda: admin.pubsub_numsub(channel) == [(channel.encode(), 2)])


async def test_what_is_told_is_heard_by_the_others_in_order(server: tuple[Program, str]) -> None:
    async with two_processes(server[1]) as (first, second):
        for number in range(3 * _MOST_TOLD):
            await first.tell(number)
        await second.tell(-1)
        await first.layer.group_send(GROUP, {"type": "any.thing", "number": -2})

        await comes_true(lambda: len(second.heard) == 3 * _MOST_TOLD + 1)
        await comes_true(lambda: -2 in first.heard)
        assert second.heard == [*range(3 * _MOST_TOLD), -2]
        assert first.heard[-2:] == [-1, -2]


async def test_nobody_hears_themselves(server: tuple[Program, str]) -> None:
    async with two_processes(server[1]) as (first, second):
        for number in range(20):
            await first.tell(number)
            await second.tell(100 + number)

        await comes_true(lambda: len(first.heard) == len(second.heard) == 20)
        assert (first.heard, second.heard) == ([*range(100, 120)], [*range(20)])
        await comes_true(lambda: first.waits_for == second.waits_for == 0)


async def test_a_redis_that_comes_back_is_told_again(server: tuple[Program, str]) -> None:
    program, url = server
    async with two_processes(url) as (first, second):
        await first.tell(1)
        await comes_true(lambda: second.heard == [1])
        program.kill()
        await comes_true(lambda: not first.tell_now(2))
        with pytest.raises((OSError, redis.RedisError)):
            await first.tell(3)
        program.start().wait_for_port(urlsplit(url).port or 0)
        await both_listen(url)

        await first.tell(4)

        await comes_true(lambda: len(second.heard) > 1)
        assert first.heard == []
        assert second.heard == [1, 4]


async def test_where_redis_answers_everybody_it_is_listened_to(server: tuple[Program, str]) -> None:
    async with two_processes(limited(server[1])) as (first, second):
        for number in range(5):
            await first.tell(number)

        await comes_true(lambda: second.heard == [*range(5)])
        assert first.heard == []


# --- Without waiting ---


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """The server's loop is uvloop's, whose transports fail in other ways."""
    with asyncio.Runner(loop_factory=request.param) as made:
        yield made


def test_once_there_is_a_connection_nobody_waits_for_it(
    server: tuple[Program, str], runner: asyncio.Runner
) -> None:
    async def scenario() -> None:
        async with two_processes(server[1]) as (first, second):
            assert not first.tell_now(0)
            await first.tell(1)
            assert all(first.tell_now(number) for number in range(2, 100))

            await comes_true(lambda: second.heard == [*range(1, 100)])
            await comes_true(lambda: not first.waits_for)
            assert first.heard == []

    runner.run(scenario())


def test_a_connection_that_was_reset_takes_nothing_and_is_opened_anew(
    server: tuple[Program, str], runner: asyncio.Runner
) -> None:
    program, url = server

    async def scenario() -> None:
        async with two_processes(url) as (first, second):
            await first.tell(1)
            await comes_true(lambda: second.heard == [1])
            # What a killed server has not read is why its kernel resets the connection.
            os.kill(program.pid, signal.SIGSTOP)
            assert first.tell_now(2)
            await comes_true(lambda: not first.unsent)
            program.kill()
            program.start().wait_for_port(urlsplit(url).port or 0)
            await comes_true(lambda: not first.tell_now(3))
            await both_listen(url)
            assert first.layer.interruptions == 0

            await first.tell(4)

            await comes_true(lambda: 4 in second.heard)
            assert first.layer.interruptions == 1
            assert first.tell_now(5)

    runner.run(scenario())


def test_a_redis_that_hangs_is_not_told_more_and_more(
    server: tuple[Program, str], runner: asyncio.Runner
) -> None:
    program, url = server

    async def scenario() -> None:
        async with two_processes(url) as (first, second):
            await first.tell(-1)
            os.kill(program.pid, signal.SIGSTOP)
            try:
                large = partial(first.tell_now, padding="x" * 30_000)
                told = [*itertools.takewhile(large, range(10_000))]
                assert len(told) < 10_000
                assert first.waits_for <= _MOST_TOLD
            finally:
                os.kill(program.pid, signal.SIGCONT)

            await comes_true(lambda: second.heard == [-1, *told])

    runner.run(scenario())


async def test_where_redis_answers_everybody_nobody_is_told_at_once(
    server: tuple[Program, str],
) -> None:
    async with two_processes(limited(server[1])) as (first, _second):
        await first.tell(1)

        assert not first.tell_now(2)
        await first.layer.look_after()


async def test_who_starts_over_while_others_talk_fails_them_as_a_lost_redis_does(
    server: tuple[Program, str],
) -> None:
    async with two_processes(server[1]) as (first, _second):
        for _ in range(20):
            talk = [asyncio.create_task(first.tell(number)) for number in range(5)]
            await first.layer.flush()
            for outcome in await asyncio.gather(*talk, return_exceptions=True):
                assert outcome is None or isinstance(outcome, LAYER_ERRORS)
