"""What an edge says of itself, and does when it is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.edge.beats import Beats, Result
from streams.relay.rooms import Rooms
from tests.unit.streams.edge.conftest import Site


async def nowhere(_key: str) -> None:
    return None


def beats_of(site: Site, rooms: Rooms) -> Beats:
    return Beats(site.config(), rooms)


async def test_who_has_something_to_lose_is_told_and_let_go_on_demand(site: Site) -> None:
    rooms = Rooms(locate=nowhere)
    site.answer = {"ended": {}, "lost": {"abc": ["ada"]}}
    async with rooms.watch("abc", label="ada") as ada, rooms.watch("abc", label="") as anybody:
        async with rooms.watch("abc", label="edge"):
            await beats_of(site, rooms).beat()

        [news] = site.heard
        assert (news["viewers"], news["rooms"]) == (3, {"abc": ["ada"]})
        assert await asyncio.wait_for(ada.closed(), 5) == "not-allowed"
        assert not anybody.is_closed
    await rooms.close()


async def test_one_that_leaves_never_says_again_that_it_has_places(site: Site) -> None:
    rooms = Rooms(locate=nowhere)
    beats = beats_of(site, rooms)
    site.may_answer.clear()

    last_usual = asyncio.create_task(beats.beat())
    await asyncio.sleep(0)
    leaving = asyncio.create_task(beats.beat(leaving=True))
    await asyncio.sleep(0)
    site.may_answer.set()
    await asyncio.gather(last_usual, leaving)
    await beats.beat()

    assert [news["mostViewers"] for news in site.heard[1:]] == [0, 0]
    await rooms.close()


@pytest.mark.parametrize("answer", ["nonsense", {}, {"ended": 1, "lost": 2}])
async def test_an_answer_that_is_none_changes_nothing(site: Site, answer: Any) -> None:
    rooms = Rooms(locate=nowhere)
    site.answer = answer
    async with rooms.watch("abc") as anybody:
        await beats_of(site, rooms).beat()

        assert not anybody.is_closed
    await rooms.close()


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, Result.ACCEPTED),
        (404, Result.REFUSED),
        (422, Result.REFUSED),
        (429, Result.FAILED),
        (503, Result.FAILED),
        (307, Result.FAILED),
    ],
)
async def test_what_became_of_each_is_counted(site: Site, status: int, result: Result) -> None:
    rooms = Rooms(locate=nowhere)
    beats = beats_of(site, rooms)
    site.status = status

    await beats.beat()

    assert dict(beats.results) == {result: 1}
    assert beats.are_heard is (result is Result.ACCEPTED)
    await rooms.close()
