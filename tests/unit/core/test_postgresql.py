"""Connections that rest in the pool while PostgreSQL ends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

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
