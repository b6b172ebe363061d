"""The numbers of one process: counters, gauges, histograms, and what is called to bring them up to date.

prometheus_client's own would take a lock and a look-up of labels for each step, and cannot forget a room in its
mode for several processes: a busy chat counts here by adding to an attribute.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

Labels = tuple[str, ...]
Value = float | list[float]


class Kind(StrEnum):
    """How the numbers of several processes become one: only the living have a gauge."""

    COUNTER = "counter"
    GAUGE = "gauge"  # of several processes, their sum
    HIGHEST = "highest"  # of several processes, the greatest
    HISTOGRAM = "histogram"


class Tally:
    """One family of numbers, told apart by labels."""

    kind: ClassVar[Kind] = Kind.COUNTER

    def __init__(self, name: str, text: str, labels: Iterable[str] = ()) -> None:
        self.name = name
        self.text = text
        self.labels = tuple(labels)
        self._lock = threading.Lock()

    def values(self) -> list[tuple[Labels, Value]]:
        """Return the numbers as they are now."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """Return all about it, as other processes read it."""
        found = {"kind": str(self.kind), "text": self.text, "labels": self.labels}
        return {**found, "values": self.values()}


class Counter(Tally):
    """Only grows. `value` is for the event loop alone, which adds to it without a lock."""

    def __init__(self, name: str, text: str, labels: Iterable[str] = ()) -> None:
        super().__init__(name, text, labels)
        self.value = 0
        self._counts: dict[Labels, float] = {}

    def add(self, *labels: str, by: float = 1) -> None:
        """Count one of these, from any thread."""
        with self._lock:
            self._counts[labels] = self._counts.get(labels, 0) + by

    def become(self, value: float, *labels: str) -> None:
        """Take over what somebody else counts."""
        self._counts[labels] = value

    def values(self) -> list[tuple[Labels, Value]]:
        with self._lock:
            found: list[tuple[Labels, Value]] = list(self._counts.items())
        return found if self.labels or found else [((), self.value)]


class Gauge(Tally):
    """Goes up and down. `value` is for the event loop alone."""

    kind: ClassVar[Kind] = Kind.GAUGE

    def __init__(self, name: str, text: str, labels: Iterable[str] = ()) -> None:
        super().__init__(name, text, labels)
        self.value: float = 0
        self._values: Mapping[Labels, float] = {}

    def replace(self, values: Mapping[Labels, float]) -> None:
        """Let these be all there are."""
        self._values = dict(values)

    def values(self) -> list[tuple[Labels, Value]]:
        if self.labels:
            return list(self._values.items())
        return [((), self.value)]


class Highest(Gauge):
    """A gauge of which the greatest of all processes counts."""

    kind: ClassVar[Kind] = Kind.HIGHEST


class Histogram(Tally):
    """How long things take. A value is a list: the seconds in all, then how many fell into each bucket."""

    kind: ClassVar[Kind] = Kind.HISTOGRAM

    def __init__(
        self, name: str, text: str, labels: Iterable[str] = (), *, buckets: Iterable[float]
    ) -> None:
        super().__init__(name, text, labels)
        self.buckets = tuple(buckets)
        self._counts: dict[Labels, list[float]] = {}

    def observe(self, seconds: float, *labels: str) -> None:
        """Count one that took so long, from any thread."""
        bucket = bisect_left(self.buckets, seconds) + 1
        with self._lock:
            counts = self._counts.get(labels)
            if counts is None:
                counts = self._counts[labels] = [0.0] * (len(self.buckets) + 2)
            counts[0] += seconds
            counts[bucket] += 1

    def values(self) -> list[tuple[Labels, Value]]:
        with self._lock:
            return [(labels, list(counts)) for labels, counts in self._counts.items()]

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "buckets": self.buckets}


T = TypeVar("T", bound=Tally)

_tallies: dict[str, Tally] = {}
_refreshers: dict[str, Callable[[], None]] = {}


def keep(tally: T) -> T:
    """Have it written down from now on; return it."""
    _tallies[tally.name] = tally
    return tally


def refresh_by(name: str, refresh: Callable[[], None]) -> None:
    """Have `refresh` called before the numbers are read: on the event loop, where there is one. It must not wait."""
    _refreshers[name] = refresh


def kept() -> tuple[Tally, ...]:
    """Return every family of this process."""
    return tuple(_tallies.values())


def refreshers() -> Mapping[str, Callable[[], None]]:
    """Return what brings them up to date."""
    return dict(_refreshers)
