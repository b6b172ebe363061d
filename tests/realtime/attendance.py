"""Processes that count viewers, without servers round them: their seconds pass by `tick`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from rooms.attendance import Person
from rooms.presence import Presence
from rooms.presence_store import MemoryStore, PresenceStore, RedisStore
from rooms.services import Note

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
        self.noted: list[Note] = []
        self.is_on_air = True
        self.failure: Exception | None = None
        self.presence = Presence(
            store,
            self.notices,
            board=self._post,
            write=self._write,
            tick_seconds=3600,
            clock=self.clock,
        )

    async def tick(self) -> None:
        self.clock.now += 1
        await self.presence.tick()

    async def _post(self, counts: Mapping[str, int]) -> None:
        self.posted.update(counts)

    async def _write(self, _room_id: str, note: Note) -> bool:
        if self.failure is not None:
            raise self.failure
        self.noted.append(note)
        return self.is_on_air


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
