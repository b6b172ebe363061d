"""What many ask for at once is done at once, and everybody gets their own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from streair.core.realtime.gathered import Gathered


class Work:
    """Doubles numbers when it is let; odd ones are refused."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.runs.append(list(items))
        await self.may_go_on.wait()
        return [item * 2 if item % 2 == 0 else ValueError(item) for item in items]


async def asked(gathered: Gathered[int, int], *items: int) -> list[asyncio.Task[int]]:
    """Ask, and return once the question is with `gathered`."""
    tasks = [asyncio.ensure_future(gathered.do(item)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_during_a_run_is_the_next_one() -> None:
    work = Work()
    gathered = Gathered[int, int](work, most=10)

    tasks = await asked(gathered, 0)
    await asyncio.sleep(0)
    tasks += await asked(gathered, 2, 4, 6)
    work.may_go_on.set()

    assert await asyncio.gather(*tasks) == [0, 4, 8, 12]
    assert work.runs == [[0], [2, 4, 6]]


async def test_a_run_has_a_most() -> None:
    work = Work()
    gathered = Gathered[int, int](work, most=2)
    work.may_go_on.set()

    tasks = await asked(gathered, 0, 2, 4)

    assert await asyncio.gather(*tasks) == [0, 4, 8]
    assert work.runs == [[0, 2], [4]]


async def test_an_error_is_raised_where_it_was_asked_and_nowhere_else() -> None:
    work = Work()
    gathered = Gathered[int, int](work, most=10)
    work.may_go_on.set()

    results = await asyncio.gather(gathered.do(2), gathered.do(3), return_exceptions=True)

    assert results[0] == 4
    assert isinstance(results[1], ValueError)


async def test_a_run_that_fails_fails_for_all_of_it_and_the_next_one_is_tried() -> None:
    attempts = 0

    async def run(items: Sequence[int]) -> Sequence[int]:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise ConnectionError
        return items

    gathered = Gathered[int, int](run, most=10)

    first = await asyncio.gather(gathered.do(1), gathered.do(2), return_exceptions=True)

    assert [type(each) for each in first] == [ConnectionError, ConnectionError]
    assert await gathered.do(3) == 3


async def test_who_leaves_does_not_disturb_the_others() -> None:
    work = Work()
    gathered = Gathered[int, int](work, most=10)

    leaver, stayer = await asked(gathered, 0, 2)
    leaver.cancel()
    work.may_go_on.set()

    assert await stayer == 4
    with pytest.raises(asyncio.CancelledError):
        await leaver
