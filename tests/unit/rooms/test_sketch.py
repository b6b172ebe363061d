"""Counting people without remembering them."""

from __future__ import annotations

import pytest

from rooms.sketch import Sketch


def sketch(*numbers: int) -> Sketch:
    made = Sketch()
    for number in numbers:
        made.add(f"visitor:{number}")
    return made


@pytest.mark.parametrize(
    ("people", "off_by"),
    [(0, 0), (1, 0), (2, 0), (3, 0), (10, 0), (50, 1), (300, 9), (5000, 200), (100_000, 4000)],
)
def test_it_tells_how_many_there_were(people: int, off_by: int) -> None:
    assert abs(len(sketch(*range(people))) - people) <= off_by


def test_nobody_counts_twice() -> None:
    made = sketch(1, 2, 2, 1)

    assert len(made) == 2
    assert not made.add("visitor:1")


def test_sketches_of_several_processes_merge_and_can_be_kept() -> None:
    everybody = sketch(1, 2, 3).merged(sketch(3, 4))

    assert len(everybody) == 4
    assert len(Sketch(bytes(everybody))) == 4
    assert len(Sketch(b"")) == 0


def test_it_never_grows() -> None:
    assert len(bytes(sketch())) == len(bytes(sketch(*range(1000)))) == 4096
