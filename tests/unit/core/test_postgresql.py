"""Connections that rest in the pool while PostgreSQL ends them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from streair.core.breaker import Breaker
from streair.core.postgresql import patience
from streair.core.postgresql.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="It is for PostgreSQL; `make test` runs it there."
    ),
]

PEOPLE = 3


def ask_together() -> set[int]:
    """Let several threads ask at the same time; return the servers' processes that answered."""
    all_have_one = Barrier(PEOPLE)

    def ask() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
                all_have_one.wait(20)
                return int(pid)
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as threads:
        return {asked.result() for asked in [threads.submit(ask) for _ in range(PEOPLE)]}


def test_what_a_restart_left_in_the_pool_fails_nobody() -> None:
    before = ask_together()
    with connection.cursor() as cursor:
        # The second number is how many milliseconds it waits until they are gone.
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) AS pid"
            " WHERE pid <> pg_backend_pid()",
            [[*before]],
        )

    after = ask_together()

    assert len(before) == len(after) == PEOPLE
    assert len(before & after) <= 1, "Whose connection it was that ended the others"


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[DatabaseWrapper]]:
    """Two that share a pool with a single connection, and a breaker that nobody else asks."""
    monkeypatch.setattr(patience, "breaker", Breaker("PostgreSQL", rest_seconds=0))
    settings = copy.deepcopy(connection.settings_dict)
    settings["OPTIONS"]["pool"] |= {"max_size": 1, "timeout": 0.3}
    made = [DatabaseWrapper(settings, "others") for _ in range(2)]
    yield made
    for each in made:
        each.close()
    made[0].close_pool()


def test_that_all_connections_are_in_use_does_not_say_that_the_server_is_away(
    others: list[DatabaseWrapper],
) -> None:
    first, second = others
    first.ensure_connection()

    with pytest.raises(OperationalError):
        second.ensure_connection()

    assert not patience.breaker.is_away


def test_a_server_that_takes_no_more_connections_is_still_asked_by_those_there_are(
    others: list[DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = others
    first.ensure_connection()
    first.close()
    patience.breaker.rest("It was slow once.")

    def refuse(**_params: Any) -> None:
        raise psycopg.OperationalError("FATAL: sorry, too many clients already")

    monkeypatch.setattr(patience.Connection, "connect", refuse)
    first.ensure_connection()

    assert not patience.breaker.is_away
