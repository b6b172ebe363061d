"""Limits hold, also beside a crowd, and against many who come at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from streair.core.errors import TooFast
from streair.core.ratelimit import Limit, count, guess, spend
from tests.servers.databases import redis_server

GUESSES = Limit("guesses", 3, 10**9)
VISITS = Limit("visits", 100, 10**9)
CROWD = 32


class Wrong(Exception):
    """Not the secret."""


def all_at_once(act: Callable[[], Any]) -> list[str]:
    """Let a crowd of threads do it at the same moment; return how it ended for each, sorted."""
    together = threading.Barrier(CROWD)

    def one(_number: int) -> str:
        together.wait(10)
        try:
            act()
        except Exception as exc:  # noqa: BLE001 - that is what is asked.
            return type(exc).__name__
        return "let through"

    with ThreadPoolExecutor(CROWD) as threads:
        return sorted(threads.map(one, range(CROWD)))


def guess_wrong() -> None:
    with guess(GUESSES, "victim", wrong=Wrong):
        raise Wrong


def test_who_has_used_up_the_window_waits_for_the_next() -> None:
    for _ in range(3):
        spend(GUESSES, "victim")

    with pytest.raises(TooFast) as refusal:
        spend(GUESSES, "victim")

    assert refusal.value.retry_after is not None
    spend(GUESSES, "somebody-else")


def test_the_rest_of_the_window_is_told_and_true() -> None:
    limit = Limit("rest", 1, 600)
    with time_machine.travel(datetime(2026, 11, 26, 10, 0, tzinfo=UTC), tick=False) as clock:
        left = spend(limit, "victim").seconds_left
        clock.shift(left - 1)
        with pytest.raises(TooFast) as refusal:
            spend(limit, "victim")
        clock.shift(refusal.value.retry_after or 0)
        again = spend(limit, "victim")

    assert (refusal.value.retry_after, again.used, again.seconds_left) == (1, 1, 600)


def test_a_crowd_makes_no_limit_forget() -> None:
    for _ in range(3):
        spend(GUESSES, "victim")

    for visitor in range(2000):
        spend(VISITS, f"visitor-{visitor}")

    with pytest.raises(TooFast):
        spend(GUESSES, "victim")


def test_of_a_crowd_at_the_same_moment_as_many_get_through_as_may() -> None:
    found = all_at_once(lambda: spend(GUESSES, "victim"))

    assert found == ["TooFast"] * (CROWD - 3) + ["let through"] * 3


def test_of_a_crowd_of_guesses_as_many_are_looked_at_as_may_be() -> None:
    assert all_at_once(guess_wrong) == ["TooFast"] * (CROWD - 3) + ["Wrong"] * 3


def test_right_guesses_and_those_that_could_not_be_decided_do_not_count() -> None:
    for _ in range(10):
        with guess(GUESSES, "victim", wrong=Wrong):
            pass
        with pytest.raises(OSError), guess(GUESSES, "victim", wrong=Wrong):
            raise OSError

    assert count(GUESSES, "victim").used == 1


def test_what_is_given_back_late_is_not_lent_to_the_next_window() -> None:
    limit = Limit("late", 3, 600)
    with time_machine.travel(datetime(2026, 11, 26, 10, 0, tzinfo=UTC), tick=False) as clock:
        with guess(limit, "victim", wrong=Wrong):
            clock.shift(600)
            count(limit, "victim")

        assert count(limit, "victim").used == 2


def test_limits_that_are_off_count_nothing(settings: Any) -> None:
    settings.RATE_LIMIT_ENABLED = False

    assert all_at_once(guess_wrong) == ["Wrong"] * CROWD


_GUESS_IN_A_PROCESS = """
import django
django.setup()
from tests.unit.core.test_ratelimit import all_at_once, guess_wrong
print(all_at_once(guess_wrong).count("Wrong"))
"""


def test_several_processes_share_one_limit() -> None:
    with redis_server() as (_redis, url):
        env = {**os.environ, "REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-c", _GUESS_IN_A_PROCESS]
        programs = [
            subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(3)
        ]
        answers = [program.communicate(timeout=60)[0] for program in programs]

    assert sum(map(int, answers)) == 3
