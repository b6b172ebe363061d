"""Sharing a look: few looks, and none of them older than the question."""

from __future__ import annotations

import asyncio

import pytest

from streair.core.realtime.shared import Shared


class World:
    """Something that changes, and takes a while to look at."""

    def __init__(self) -> None:
        self.state = 0
        self.looks = 0
        self.is_looking = asyncio.Event()
        self.may_see = asyncio.Event()

    async def look(self, key: str) -> tuple[str, int]:
        self.looks += 1
        self.is_looking.set()
        seen = (key, self.state)
        await self.may_see.wait()
        if key == "missing":
            raise LookupError(key)
        return seen


async def test_those_who_ask_together_share_one_look() -> None:
    world = World()
    world.may_see.set()
    shared = Shared(world.look)

    found = await asyncio.gather(*(shared.get("a") for _ in range(1000)))

    assert found == [("a", 0)] * 1000
    assert world.looks == 1


async def test_an_answer_is_never_older_than_its_question() -> None:
    world = World()
    shared = Shared(world.look)
    async with asyncio.TaskGroup() as tasks:
        early = tasks.create_task(shared.get("a"))
        await world.is_looking.wait()
        world.state = 1
        late = [tasks.create_task(shared.get("a")) for _ in range(10)]
        await asyncio.sleep(0)
        world.may_see.set()

    assert early.result() == ("a", 0)
    assert [each.result() for each in late] == [("a", 1)] * 10
    assert world.looks == 2


async def test_a_failure_is_told_to_all_who_asked_and_to_nobody_later() -> None:
    world = World()
    world.may_see.set()
    shared = Shared(world.look)

    answers = await asyncio.gather(
        *(shared.get("missing") for _ in range(3)), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [LookupError] * 3
    with pytest.raises(LookupError):
        await shared.get("missing")
    assert world.looks == 2


async def test_who_stops_waiting_spoils_it_for_nobody() -> None:
    world = World()
    shared = Shared(world.look)
    async with asyncio.TaskGroup() as tasks:
        leaving = tasks.create_task(shared.get("a"))
        staying = tasks.create_task(shared.get("a"))
        await world.is_looking.wait()
        leaving.cancel()
        world.may_see.set()

    assert staying.result() == ("a", 0)
