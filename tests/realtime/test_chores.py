"""What a process asks again and again: the same answers from the event loop as from a thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.db import DatabaseError, connection
from django.utils.timezone import now

from rooms.models import Room
from streair.core import sql
from streair.core.postgresql.wire import Wire
from streair.core.postgresql.wires import NoWire, Wires
from streair.core.realtime import chores
from streair.core.realtime.chores import chore
from streair.core.realtime.per_loop import per_loop
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db(transaction=True)

_FOUND = "SELECT title FROM {rooms} WHERE {column} IN {those} AND created < {then} ORDER BY title"


def titles(column: str, those: list[int] | list[str]) -> sql.Steps[list[str]]:
    """Ask twice, the second time for what the first answer says."""
    then = now() + timedelta(minutes=1)
    text = _FOUND.replace("{column}", column)
    first = yield from sql.ask(text, rooms=Room, those=those, then=then)
    again = [title for (title,) in first] or ["nothing"]
    rows = yield from sql.ask(
        _FOUND.replace("{column}", "title"), rooms=Room, those=again, then=then
    )
    return [title for (title,) in rows]


def nonsense() -> sql.Steps[None]:
    yield from sql.ask("SELECT nothing FROM nowhere")


async def test_lists_of_any_length_are_asked_for() -> None:
    rooms = [
        await database_sync_to_async(RoomFactory)(title=f"Evening {number}") for number in range(3)
    ]
    ask = chore(titles)

    for count in (1, 3, 2):
        asked = rooms[:count]
        expected = sorted(room.title for room in asked)
        assert await ask("id", [room.pk for room in asked]) == expected
        assert await ask("room_id", [room.room_id for room in asked]) == expected
    assert await ask("room_id", ["nobodys"]) == []


async def test_a_question_that_fails_raises_djangos_error_and_the_next_one_is_answered() -> None:
    room = await database_sync_to_async(RoomFactory)()

    with pytest.raises(DatabaseError):
        await chore(nonsense)()

    assert await chore(titles)("id", [room.pk]) == [room.title]


async def test_a_thread_asks_where_no_wire_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse() -> Wire:
        raise NoWire("too many clients")

    monkeypatch.setattr(chores, "_wires", per_loop(lambda: Wires(refuse, most=1)))
    room = await database_sync_to_async(RoomFactory)()

    assert await chore(titles)("id", [room.pk]) == [room.title]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked by threads")
async def test_postgresql_is_asked_without_a_thread() -> None:
    def nobody() -> None:
        raise AssertionError("a thread was asked")

    room = await database_sync_to_async(RoomFactory)()

    assert await chore(titles, nobody)("id", [room.pk]) == [room.title]  # type: ignore[arg-type]
