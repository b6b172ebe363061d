"""Where the viewers of all processes meet: a dict for one process, Redis for many."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# A process that was not heard of for so long is dead, and its viewers are gone.
LIFETIME_SECONDS = 6
# Sets that nobody renews any more are garbage of dead processes.
_GARBAGE_AFTER_SECONDS = 120
_RENEW_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Change:
    """Who came to a room and who left it, in this process."""

    came: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat tells: were we known, and which processes are alive."""

    known: bool
    processes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Count:
    """How many people each room has, and the living processes whose people these are.

    `heads` are those that the processes have, added up: more, when somebody is in two of them.
    """

    totals: dict[str, int]
    heads: dict[str, int]
    processes: frozenset[str] = frozenset()


class PresenceStore(Protocol):
    """Counts people over all processes. A person in two processes is one person."""

    is_shared: bool

    async def report(self, changes: Mapping[str, Change]) -> None:
        """Take note of what changed here, by room."""

    async def replace(self, people: Mapping[str, Iterable[str]]) -> None:
        """Forget what was reported of these rooms, and take note of who is there now."""

    async def count(self, rooms: Iterable[str]) -> Count:
        """Count the people of these rooms in all living processes."""

    async def beat(self, rooms: Iterable[str]) -> Beat:
        """Say that this process lives and still has these rooms.

        When it was not known the store lost our people, or took us for dead: report all again.
        """

    async def close(self) -> None:
        """Let go of connections; the next call opens them again."""


class MemoryStore:
    """All people of the one process."""

    is_shared = False

    def __init__(self) -> None:
        self._rooms: dict[str, set[str]] = {}

    async def report(self, changes: Mapping[str, Change]) -> None:
        for room, change in changes.items():
            people = self._rooms.setdefault(room, set())
            people |= change.came
            people -= change.left
            if not people:
                del self._rooms[room]

    async def replace(self, people: Mapping[str, Iterable[str]]) -> None:
        self._rooms.update({room: set(present) for room, present in people.items()})

    async def count(self, rooms: Iterable[str]) -> Count:
        totals = {room: len(self._rooms.get(room, ())) for room in rooms}
        return Count(totals, heads=totals)

    async def beat(self, rooms: Iterable[str]) -> Beat:
        return Beat(known=True)

    async def close(self) -> None:
        """There is nothing to let go of."""


# Redis' own clock, so that the processes' clocks need not agree.
_BEAT = """
local now = tonumber(redis.call('TIME')[1]) + tonumber(redis.call('TIME')[2]) / 1e6
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
local new = redis.call('ZADD', KEYS[1], now, ARGV[1])
return {new, redis.call('ZRANGE', KEYS[1], 0, -1)}
"""
_COUNT = """
local now = tonumber(redis.call('TIME')[1]) + tonumber(redis.call('TIME')[2]) / 1e6
local alive = redis.call('ZRANGEBYSCORE', KEYS[1], now - tonumber(ARGV[1]), '+inf')
local counts, heads = {}, {}
for i = 2, #KEYS do
  local sets, sum = {}, 0
  for j, process in ipairs(alive) do
    sets[j] = KEYS[i] .. process
    sum = sum + redis.call('SCARD', sets[j])
  end
  counts[i - 1] = #sets > 0 and #redis.call('SUNION', unpack(sets)) or 0
  heads[i - 1] = sum
end
return {alive, counts, heads}
"""


class RedisStore:
    """Per room and process a set of people; a sorted set of when each process was last heard of.

    The heartbeat costs one command per process, not one per viewer, and a process that dies
    takes its people along by itself.
    """

    is_shared = True

    def __init__(self, url: str, *, prefix: str, process: str = "") -> None:
        self._url = url
        self._prefix = f"{prefix}:presence"
        self._process = process or uuid.uuid4().hex
        self._client: Redis | None = None
        self._renew_at = float("-inf")

    async def report(self, changes: Mapping[str, Change]) -> None:
        pipeline = self._redis().pipeline(transaction=False)
        for room, change in changes.items():
            key = self._key(room) + self._process
            if change.came:
                pipeline.sadd(key, *change.came)
            if change.left:
                pipeline.srem(key, *change.left)
            pipeline.expire(key, _GARBAGE_AFTER_SECONDS)
        await pipeline.execute()

    async def replace(self, people: Mapping[str, Iterable[str]]) -> None:
        pipeline = self._redis().pipeline(transaction=True)
        for room, present in people.items():
            key = self._key(room) + self._process
            pipeline.delete(key)
            if names := list(present):
                pipeline.sadd(key, *names)
                pipeline.expire(key, _GARBAGE_AFTER_SECONDS)
        await pipeline.execute()

    async def count(self, rooms: Iterable[str]) -> Count:
        rooms = list(rooms)
        keys = [f"{self._prefix}:processes", *(self._key(room) for room in rooms)]
        alive, counts, heads = await self._eval(_COUNT, keys, LIFETIME_SECONDS)
        totals = dict(zip(rooms, map(int, counts), strict=True))
        return Count(totals, dict(zip(rooms, heads, strict=True)), frozenset(alive))

    async def beat(self, rooms: Iterable[str]) -> Beat:
        keys = [f"{self._prefix}:processes"]
        new, processes = await self._eval(_BEAT, keys, self._process, LIFETIME_SECONDS)
        if time.monotonic() >= self._renew_at:
            pipeline = self._redis().pipeline(transaction=False)
            for room in rooms:
                pipeline.expire(self._key(room) + self._process, _GARBAGE_AFTER_SECONDS)
            await pipeline.execute()
            self._renew_at = time.monotonic() + _RENEW_SECONDS
        return Beat(known=not new, processes=frozenset(processes))

    async def close(self) -> None:
        """Say goodbye, so that nobody has to wait until we are missed, and disconnect."""
        client, self._client = self._client, None
        if client is not None:
            try:
                await client.zrem(f"{self._prefix}:processes", self._process)
            finally:
                await client.aclose()

    def _key(self, room: str) -> str:
        return f"{self._prefix}:{room}:"

    async def _eval(self, script: str, keys: list[str], *args: str | int) -> Any:
        return await self._redis().eval(script, len(keys), *keys, *args)

    def _redis(self) -> Redis:
        if self._client is None:
            self._client = Redis.from_url(
                self._url,
                decode_responses=True,
                socket_timeout=2,
                socket_connect_timeout=2,
                retry=Retry(NoBackoff(), 1),
            )
        return self._client
