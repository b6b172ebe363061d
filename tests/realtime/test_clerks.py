"""Threads that keep their database connections as long as there is work."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import DatabaseError, connection

from streair.core.realtime.clerks import Clerks

pytestmark = pytest.mark.django_db(transaction=True)


def connection_in_use() -> tuple[int, int]:
    """Return the thread, and the connection with which it asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return threading.get_ident(), id(connection.connection)


def is_connected() -> bool:
    return connection.connection is not None


async def test_what_is_asked_again_and_again_uses_one_connection() -> None:
    clerks = Clerks(rest_seconds=60)

    found = {await clerks.do(connection_in_use) for _ in range(5)}

    assert len(found) == 1


async def test_one_that_waits_for_a_lock_holds_up_nobody() -> None:
    clerks = Clerks(most=2)
    lock = threading.Event()

    slow = asyncio.ensure_future(clerks.do(lock.wait))
    quick = [await clerks.do(lambda: "done") for _ in range(3)]
    lock.set()

    assert quick == ["done"] * 3
    assert await slow


async def test_who_has_nothing_to_do_gives_the_connection_back() -> None:
    clerks = Clerks(most=1, rest_seconds=0.01)

    await clerks.do(connection_in_use)
    await clerks.rested()

    assert not await clerks.do(is_connected)


async def test_after_an_error_the_next_one_gets_a_fresh_connection() -> None:
    clerks = Clerks(most=1, rest_seconds=60)

    def break_something() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")

    with pytest.raises(DatabaseError):
        await clerks.do(break_something)

    assert not await clerks.do(is_connected)
