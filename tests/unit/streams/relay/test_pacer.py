"""How long tags gather: not at all for a few viewers, never too long for many."""

import pytest

from streams.relay.pacer import LONGEST, Pacer


def interval(viewers: int, *flushes: float, rooms: int = 1) -> float:
    pacer = Pacer()
    pacer.viewers = viewers
    pacer.rooms = rooms
    for seconds in flushes:
        pacer.flushed(seconds)
    return pacer.interval


@pytest.mark.parametrize("viewers", [0, 1, 20, 25])
def test_a_few_viewers_get_every_frame_at_once(viewers: int) -> None:
    assert interval(viewers) == 0


@pytest.mark.parametrize(
    ("viewers", "low", "high"), [(100, 0.005, 0.02), (1000, 0.08, 0.12), (5000, 0.2, 0.5)]
)
def test_more_viewers_get_larger_writes(viewers: int, low: float, high: float) -> None:
    assert low <= interval(viewers) <= high


def test_a_busy_process_writes_less_often() -> None:
    assert interval(100, *[0.2] * 50) == pytest.approx(0.25, rel=0.05)


def test_no_wait_is_longer_than_half_a_second() -> None:
    assert interval(1_000_000, 60.0) == LONGEST == 0.5


def test_many_rooms_with_few_viewers_each_gather_too() -> None:
    assert 0.05 <= interval(100, rooms=50) <= 0.07
