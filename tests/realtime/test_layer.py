"""The channel layer over a real Redis: what is told to the other processes, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

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

    async def tell_until_it_fails(self, number: int) -> None:
        async with asyncio.timeout(5):
            while True:
                await self.tell(number)
                await asyncio.sleep(0.05)

    @property
    def waits_for(self) -> int:
        """How many of its own messages it expects back."""
        (shard,) = self.layer._get_layer()._shards
        return len(shard._told)


@asynccontextmanager
async def two_processes(url: str) -> AsyncIterator[tuple[Process, Process]]:
    both = Process(url), Process(url)
    listeners = [asyncio.create_task(each.listen(await each.join())) for each in both]
    try:
        with redis.Redis.from_url(url) as admin:
            await comes_true(lambda: number_of(admin.pubsub_numsub(f"asgi__group__{GROUP}")) == 2)
        yield both
    finally:
        for listener, process in zip(listeners, both, strict=True):
            listener.cancel()
            await asyncio.wait([listener])
            await process.layer.flush()


def number_of(subscribers: Any) -> int:
    ((_channel, number),) = subscribers
    return int(number)


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
        with pytest.raises((OSError, redis.RedisError)):
            await first.tell_until_it_fails(2)
        program.start().wait_for_port(urlsplit(url).port or 0)

        numbers = iter(range(10, 10_000))
        async with asyncio.timeout(10):
            while not set(second.heard) - {1}:
                await first.tell(next(numbers))
                await asyncio.sleep(0.05)
        assert first.heard == []
        assert second.heard == [1, second.heard[1]]


async def test_where_redis_answers_everybody_it_is_listened_to(server: tuple[Program, str]) -> None:
    _program, url = server
    with redis.Redis.from_url(url) as admin:
        admin.acl_setuser(
            *("few", True),
            passwords=["+secret"],
            channels=["*"],
            categories=["+@all"],
            commands=["-client"],
        )
    address = urlsplit(url)
    async with two_processes(f"redis://few:secret@{address.hostname}:{address.port}") as both:
        first, second = both
        for number in range(5):
            await first.tell(number)

        await comes_true(lambda: second.heard == [*range(5)])
        assert first.heard == []
