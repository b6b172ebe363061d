"""Lines over time, as pages draw them: numbers in, coordinates of an SVG out. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
# More of them would be finer than a screen shows.
MOST_POINTS = 240
MOST_ROWS = 24

# When (in seconds), and what was measured.
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """A line in a box of WIDTH by HEIGHT; where nothing was measured it breaks."""

    lines: tuple[str, ...]
    areas: tuple[str, ...]
    top: float  # The value at the upper edge; the lower one is zero.
    low: float
    high: float
    last: float | None


def draw(points: Sequence[Point], *, start: float, end: float, gap: float) -> Plot:
    """Return the line through `points` from `start` to `end`; it breaks after `gap` seconds of silence."""
    gap *= _group_size(points, MOST_POINTS)
    points = thinned(points, MOST_POINTS)
    values = [value for _time, value in points]
    top = ceiling(max(values, default=0))
    span = max(end - start, 1)

    def place(point: Point) -> tuple[float, float]:
        time, value = point
        x = min(max((time - start) / span, 0), 1) * WIDTH
        return round(x, 1), round(HEIGHT - value / top * HEIGHT, 1)

    runs = [[place(each) for each in run] for run in _runs(points, gap)]
    return Plot(
        lines=tuple(_joined(run) for run in runs),
        areas=tuple(_joined([(run[0][0], HEIGHT), *run, (run[-1][0], HEIGHT)]) for run in runs),
        top=top,
        low=min(values, default=0),
        high=max(values, default=0),
        last=values[-1] if values else None,
    )


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most `most` points: of neighbors the highest, at the time of the first."""
    size = _group_size(points, most)
    groups = [points[first : first + size] for first in range(0, len(points), size)]
    return [(group[0][0], max(value for _time, value in group)) for group in groups]


def ceiling(value: float) -> float:
    """Return a round number a little above `value`, at least 1: what an axis ends with."""
    room = value * 1.05  # A line along the upper edge would be cut.
    if room < 10:
        return max(math.ceil(room), 1)
    power = 10.0 ** math.floor(math.log10(room))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= room)


def _group_size(points: Sequence[Point], most: int) -> int:
    return max(math.ceil(len(points) / most), 1)


def _runs(points: Iterable[Point], gap: float) -> list[list[Point]]:
    runs: list[list[Point]] = []
    for point in points:
        if not runs or point[0] - runs[-1][-1][0] > gap:
            runs.append([])
        runs[-1].append(point)
    return runs


def _joined(run: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in run)
