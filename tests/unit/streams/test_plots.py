"""Lines over time."""

from __future__ import annotations

import pytest

from streams import plots


def test_a_line_goes_from_edge_to_edge_and_stays_below_the_top_of_its_axis() -> None:
    plot = plots.draw([(0, 0), (50, 500), (100, 750)], start=0, end=100, gap=60)

    assert plot.lines == ("0,120 300,45 600,7.5",)
    assert plot.areas == ("0,120 0,120 300,45 600,7.5 600,120",)
    assert (plot.top, plot.low, plot.high, plot.last) == (800, 0, 750, 750)


def test_a_line_breaks_where_nothing_was_measured() -> None:
    points = [(0, 1.0), (5, 1), (10, 1), (60, 1), (65, 1)]

    assert len(plots.draw(points, start=0, end=100, gap=16).lines) == 2


def test_nothing_measured_is_no_line() -> None:
    plot = plots.draw([], start=0, end=100, gap=16)

    assert (plot.lines, plot.areas, plot.top, plot.last) == ((), (), 1, None)


def test_a_long_evening_is_thinned_and_keeps_its_peak() -> None:
    points = [(minute * 60, 7.0 if minute == 777 else 3.0) for minute in range(1440)]

    few = plots.thinned(points, plots.MOST_POINTS)

    assert len(few) == plots.MOST_POINTS
    assert max(value for _time, value in few) == 7
    assert len(plots.draw(points, start=0, end=1440 * 60, gap=120).lines) == 1


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 1), (0.4, 1), (1, 2), (3, 4), (12, 15), (30, 40), (60, 80), (4541, 5000), (6000, 8000)],
)
def test_an_axis_ends_with_a_round_number(value: float, top: float) -> None:
    assert plots.ceiling(value) == top
