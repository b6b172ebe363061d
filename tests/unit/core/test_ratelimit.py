"""Limits hold, also beside a crowd."""

from __future__ import annotations

import pytest

from streair.core.errors import TooFast
from streair.core.ratelimit import Limit, is_spent, spend

GUESSES = Limit("guesses", 3, 10**9)
VISITS = Limit("visits", 100, 10**9)


def test_who_has_used_up_the_window_waits_for_the_next() -> None:
    for _ in range(3):
        spend(GUESSES, "victim")

    with pytest.raises(TooFast) as refusal:
        spend(GUESSES, "victim")

    assert refusal.value.retry_after is not None
    assert is_spent(GUESSES, "victim")
    assert not is_spent(GUESSES, "somebody-else")


def test_a_crowd_makes_no_limit_forget() -> None:
    for _ in range(3):
        spend(GUESSES, "victim")

    for visitor in range(2000):
        spend(VISITS, f"visitor-{visitor}")

    with pytest.raises(TooFast):
        spend(GUESSES, "victim")
