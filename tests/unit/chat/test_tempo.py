"""How often something is done in a busy room."""

from __future__ import annotations

import pytest

from chat.runtime.tempo import FAST, TICK_SECONDS, Tempo


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_quiet_room_never_waits() -> None:
    clock = Clock()
    tempo = Tempo(clock)

    for _ in range(100):
        assert tempo.seconds_to_wait() == 0
        tempo.step()
        clock.now += 1.01 / FAST


def test_a_busy_room_waits_from_one_tick_to_the_next() -> None:
    clock = Clock()
    tempo = Tempo(clock)

    for _ in range(FAST):
        assert tempo.seconds_to_wait() == 0
        tempo.step()
    clock.now += 0.02

    assert tempo.seconds_to_wait() == pytest.approx(TICK_SECONDS - 0.02)
    clock.now += 0.04
    assert tempo.seconds_to_wait() == 0
    clock.now += 1
    assert tempo.seconds_to_wait() == 0
