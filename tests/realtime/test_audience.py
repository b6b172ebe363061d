"""How many people watched a room in all, and at once: written down now and then, by every process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState
from rooms.services import Note, note_audience
from rooms.sketch import Sketch
from tests.factories import RoomFactory
from tests.realtime.attendance import ROOM, Process, process, processes, visitor
from tests.servers.databases import redis_server


def note(*people: int, peak: int = 0, seconds: float = 0) -> Note:
    sketch = Sketch()
    for number in people:
        sketch.add(f"visitor:{number}")
    return Note(now() - timedelta(seconds=15), peak or len(people), seconds, sketch)


async def test_what_is_written_down_is_who_came_how_many_at_once_and_for_how_long() -> None:
    async with process() as here:
        here.presence.enter(ROOM, visitor(1))
        here.presence.enter(ROOM, visitor(1))
        here.presence.enter(ROOM, visitor(2))
        here.presence.enter(ROOM, None)
        for _ in range(11):
            await here.tick()
        here.presence.leave(ROOM, visitor(2))
        here.presence.enter(ROOM, visitor(3))
        for _ in range(5):
            await here.tick()
        await here.presence.write()

        [noted] = here.noted
        assert (len(noted.people), noted.peak, noted.seconds) == (3, 2, 30)


async def test_who_came_and_left_between_two_looks_was_there_also_when_the_process_stops() -> None:
    async with process() as here:
        for number in range(3):
            here.presence.enter(ROOM, visitor(number))
        for number in range(3):
            here.presence.leave(ROOM, visitor(number))
        await here.presence.stop()

        [noted] = here.noted
        assert (len(noted.people), noted.peak) == (3, 3)


async def test_seconds_are_written_once_and_people_again() -> None:
    async with process() as here:
        here.presence.enter(ROOM, visitor(1))
        for _ in range(3):
            await here.tick()
        await here.presence.write()
        await here.tick()
        await here.presence.write()
        await here.presence.write()

        assert [each.seconds for each in here.noted] == [2, 1]
        assert [len(each.people) for each in here.noted] == [1, 1]


async def test_whoever_left_before_the_stream_does_not_count_and_who_waits_for_it_does() -> None:
    async with process() as here:
        here.is_on_air = False
        for number in range(5):
            here.presence.enter(ROOM, visitor(number))
        await here.tick()
        for number in range(3):
            here.presence.leave(ROOM, visitor(number))
        await here.presence.write()
        await here.tick()

        here.is_on_air = True
        await here.presence.write()

        assert (len(here.noted[-1].people), here.noted[-1].peak) == (2, 2)


async def test_what_could_not_be_written_is_written_later() -> None:
    async with process() as here:
        here.failure = OperationalError("The database is away.")
        here.presence.enter(ROOM, visitor(1))
        await here.tick()
        await here.tick()
        await here.presence.write()
        here.presence.leave(ROOM, visitor(1))
        for _ in range(3):
            await here.tick()

        here.failure = None
        assert not await here.presence.write()

        [noted] = here.noted
        assert (len(noted.people), noted.peak, noted.seconds) == (1, 1, 1)


@pytest.mark.system
async def test_several_processes_answer_for_one_person_together() -> None:
    with redis_server() as (_program, url):
        async with processes(url, 2, "audience") as both:
            for each in both:
                each.presence.enter(ROOM, visitor(1))  # Page here, player there.
            both[0].presence.enter(ROOM, visitor(2))
            for _ in range(3):
                await tick(both)
            before = await seconds(both)
            for _ in range(10):
                await tick(both)

            assert await seconds(both) - before == pytest.approx(20)
            assert {each.noted[-1].peak for each in both} == {2}


async def tick(both: list[Process]) -> None:
    for each in both:
        await each.tick()


async def seconds(both: list[Process]) -> float:
    for each in both:
        await each.presence.write()
    return sum(noted.seconds for each in both for noted in each.noted)


# --- In the database ---


def kept(room: Room) -> tuple[int, int, int]:
    room.refresh_from_db()
    return room.peak_viewers, room.unique_viewers, room.watched_seconds


@pytest.mark.django_db
def test_notes_of_all_processes_and_days_add_up() -> None:
    room = RoomFactory(state=RoomState.LIVE, live_since=now())

    assert note_audience(room_id=room.room_id, note=note(1, 2, seconds=30.4))
    assert note_audience(room_id=room.room_id, note=note(2, 3, peak=7, seconds=10))
    assert note_audience(room_id=room.room_id, note=note(1))

    assert kept(room) == (7, 3, 40)
    assert room.minutes_watched == 0


@pytest.mark.django_db
def test_only_what_was_on_air_is_kept() -> None:
    waiting = RoomFactory()
    over = RoomFactory(
        state=RoomState.ENDED,
        live_since=now() - timedelta(hours=2),
        ended_at=now() - timedelta(hours=1),
        end_reason=EndReason.OWNER,
    )
    unused = RoomFactory(state=RoomState.ENDED, ended_at=now(), end_reason=EndReason.IDLE)

    for room in (waiting, over, unused):
        assert not note_audience(room_id=room.room_id, note=note(1))
        assert kept(room) == (0, 0, 0)
    assert not note_audience(room_id="nowhere", note=note(1))


@pytest.mark.django_db
def test_the_last_seconds_of_a_stream_are_kept_as_well() -> None:
    room = RoomFactory(
        state=RoomState.ENDED, live_since=now(), ended_at=now(), end_reason=EndReason.OWNER
    )

    assert note_audience(room_id=room.room_id, note=note(1, 2, seconds=5))

    assert kept(room) == (2, 2, 5)
