"""What the studio plots: what arrived from the encoder, and how many people watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.timezone import now

from rooms import selectors as rooms
from rooms.models import Room
from streams import plots, selectors
from streams.models import Measure

RECENT = timedelta(minutes=10)
# Measures come every five seconds; what is missing for so long was not sent.
_SILENCE = 16.0
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Row:
    """A minute or more of a plot, in numbers: for those who do not see lines."""

    at: datetime
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What arrived in the last minutes."""

    bitrate: plots.Plot
    fps: plots.Plot
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people watched, over the whole of a stream."""

    viewers: plots.Plot
    start: datetime
    end: datetime
    rows: list[Row]
    is_over: bool


def health_of(room: Room) -> Health | None:
    """Return what arrived from the encoder lately; None when nothing did."""
    end = now()
    measures = selectors.measures_of(room, since=end - RECENT)
    if not measures:
        return None

    def line(value: Callable[[Measure], float | None]) -> plots.Plot:
        points = [(each.at.timestamp(), value(each)) for each in measures]
        known = [(time, found) for time, found in points if found is not None]
        start = (end - RECENT).timestamp()
        return plots.draw(known, start=start, end=end.timestamp(), gap=_SILENCE)

    return Health(line(lambda each: each.kbps), line(lambda each: each.fps), _minutes(measures))


def crowd_of(room: Room) -> Crowd | None:
    """Return how many people watched `room`; None while nobody did, or when that is not kept any more."""
    minutes = rooms.viewers_by_minute(room)
    if not minutes:
        return None
    points = [(minute.timestamp(), float(viewers)) for minute, viewers in minutes]
    start, end = minutes[0][0], minutes[-1][0]
    line = plots.draw(points, start=start.timestamp(), end=end.timestamp(), gap=2 * _MINUTE)
    few = plots.thinned(points, plots.MOST_ROWS)
    rows = [Row(datetime.fromtimestamp(time, tz=start.tzinfo), (value,)) for time, value in few]
    return Crowd(line, start, end, rows, is_over=not room.is_open)


def _minutes(measures: Iterable[Measure]) -> list[Row]:
    """Return averages of each minute, the latest first."""
    rows = []
    for minute, group in groupby(measures, lambda each: each.at.replace(second=0, microsecond=0)):
        found = list(group)
        fps = [each.fps for each in found if each.fps is not None]
        rows.append(Row(minute, (_mean([each.kbps for each in found]), _mean(fps))))
    return rows[::-1]


def _mean(values: list[float] | list[int]) -> float:
    return round(sum(values) / len(values)) if values else 0
