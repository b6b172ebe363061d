"""What is measured. A scenario gets a running subject and returns its figures by name."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.load.audience import Audience, Watched, cpu_of, publishing, watch, watching
from tests.load.subject import Subject

Figures = dict[str, float]

RESTS_MS = 20  # In the search for the most viewers: reading less often is far cheaper.
COLD_ROOMS = 5
HUB_CLOSES_SECONDS = 32.0  # The relay lets go of a room without viewers after 30.
MANY_ROOMS = 50


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time to spend."""

    rounds: int = 3
    seconds: float = 10
    audiences: tuple[int, ...] = (20, 100, 300, 1000, 2000)
    capacity_from: int = 3000
    capacity_step: int = 1000
    capacity_fine: int = 250
    capacity_tries: int = 10


def say(text: str) -> None:
    """Tell the person at the terminal how far it is; the table alone goes to stdout."""
    sys.stderr.write(text + "\n")


def median_of(rounds: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    names = dict.fromkeys(name for figures in rounds for name in figures)
    return {
        name: statistics.median(figures[name] for figures in rounds if name in figures)
        for name in names
    }


def _repeated(effort: Effort, once: Callable[[], Figures]) -> Figures:
    return median_of([once() for _ in range(effort.rounds)])


def _tell(subject: Subject, watched: Watched) -> None:
    told = watched.told
    spent = ", ".join(f"{part} {share:.3f}" for part, share in watched.cpu.items())
    reasons = {
        name.removeprefix("fail_"): count
        for name, count in told.items()
        if name.startswith("fail_") and count
    }
    say(
        f"  {subject.name}: {told['viewers']} viewers, {watched.playing} playing; "
        f"cpu {spent}, loader {watched.loader_cpu:.2f}, others {watched.others_cpu:.2f}; "
        f"delay p50/p99 {watched.delay('p50'):.0f}/{watched.delay('p99'):.0f} ms; "
        f"failed {told['failed']} {reasons or ''}, errors {told['flv_errors']}, stalls {told['stalls']}, "
        f"drops {told['frames_dropped']}, longest gap {told['max_gap_ms']:.0f} ms"
    )


def fan_out(subject: Subject, effort: Effort) -> Figures:
    """One room, ever more viewers."""
    figures: Figures = {}
    channels = subject.channels(1)
    with publishing(channels):
        for viewers in effort.audiences:
            audience = Audience(viewers, seconds=effort.seconds * (2 if viewers == 1000 else 1))

            def once(audience: Audience = audience) -> Figures:
                watched = watch(subject, channels, audience)
                _tell(subject, watched)
                return _fan_out_figures(watched, audience.viewers)

            figures |= _repeated(effort, once)
    return figures


def _fan_out_figures(watched: Watched, viewers: int) -> Figures:
    total = sum(watched.cpu.values())
    return {
        f"cpu_us_{viewers}": total / max(watched.playing, 1) * 1e6,
        f"cpu_{viewers}": total,
        f"delay_p50_{viewers}": watched.delay("p50"),
        f"delay_p99_{viewers}": watched.delay("p99"),
        f"faults_{viewers}": watched.faults,
        f"loader_cpu_{viewers}": watched.loader_cpu,
        f"others_cpu_{viewers}": watched.others_cpu,
    }


def capacity(subject: Subject, effort: Effort) -> Figures:
    """The most viewers with p99 delay < 1 s, no gap > 1 s and nobody refused."""
    channels = subject.channels(1)
    with publishing(channels):

        def holds(viewers: int) -> bool:
            audience = Audience(viewers, effort.seconds, settle=5, rest_ms=RESTS_MS)
            watched = watch(subject, channels, audience)
            _tell(subject, watched)
            whole = not watched.told["failed"] and not watched.told["flv_errors"]
            return whole and not watched.told["stalls"] and watched.delay("p99") < 1000

        return {"capacity": most(holds, effort)}


def most(holds: Callable[[int], bool], effort: Effort) -> int:
    """Return the largest number that holds: up or down in steps, then halving to the fine step."""
    step = effort.capacity_step
    good, bad, number = 0, 0, effort.capacity_from
    for _ in range(effort.capacity_tries):
        if holds(number):
            good = number
        else:
            bad = number
        if bad and bad - good <= effort.capacity_fine:
            break
        if not bad:
            number = good + step
        else:
            number = (good + bad) // 2 // effort.capacity_fine * effort.capacity_fine or bad // 2
    return good


def joins(subject: Subject, effort: Effort) -> Figures:
    """300 viewers within 3 s, into a room that is watched already."""
    channels = subject.channels(1)
    with publishing(channels), watching(channels, 5):

        def once() -> Figures:
            watched = watch(subject, channels, Audience(300, 2, joins_per_second=100))
            _tell(subject, watched)
            return {
                "join_p50": watched.first_keyframe("p50"),
                "join_p99": watched.first_keyframe("p99"),
                "join_faults": watched.faults,
            }

        return _repeated(effort, once)


def memory(subject: Subject, effort: Effort) -> Figures:
    """What each viewer after the first adds to the process that serves them."""
    channels = subject.channels(1)
    with publishing(channels):
        one = watch(subject, channels, Audience(1, seconds=3, settle=8))
        many = watch(subject, channels, Audience(1000, seconds=5))
        _tell(subject, many)
    added = many.memory[subject.fan_out] - one.memory[subject.fan_out]
    return {
        "memory_first_mb": one.memory[subject.fan_out] / 1024**2,
        "memory_viewer_kb": added / 1024 / max(many.playing - 1, 1),
    }


def quiet_rooms(subject: Subject, effort: Effort) -> Figures:
    """Live rooms that nobody watches: what they cost, and how long their first viewer waits."""
    idle = cpu_of(subject, effort.seconds)
    channels = subject.channels(COLD_ROOMS)
    with publishing(channels):
        time.sleep(HUB_CLOSES_SECONDS)
        live = cpu_of(subject, effort.seconds)
        waits = []
        for channel in channels:
            watched = watch(subject, [channel], Audience(1, seconds=1))
            waits.append(watched.first_keyframe("max"))
    say(f"  {subject.name}: quiet rooms {live}, none {idle}, first viewers waited {waits} ms")
    rest = {part: max(0.0, live[part] - idle[part]) / COLD_ROOMS for part in live}
    fan_out_cpu = rest.pop(subject.fan_out)
    return {
        "cold_max": max(waits),
        "quiet_room_cpu": fan_out_cpu,
        "quiet_room_ingest_cpu": sum(rest.values()),
    }


def many_rooms(subject: Subject, effort: Effort) -> Figures:
    """50 rooms with two viewers each."""
    channels = subject.channels(MANY_ROOMS)
    with publishing(channels):

        def once() -> Figures:
            watched = watch(subject, channels, Audience(2 * MANY_ROOMS, effort.seconds))
            _tell(subject, watched)
            return {
                "rooms_cpu": sum(watched.cpu.values()),
                "rooms_fan_out_cpu": watched.cpu[subject.fan_out],
                "rooms_delay_p99": watched.delay("p99"),
                "rooms_faults": watched.faults,
            }

        return _repeated(effort, once)


SCENARIOS: dict[str, Callable[[Subject, Effort], Figures]] = {
    "memory": memory,  # First: what a fresh process takes.
    "quiet-rooms": quiet_rooms,
    "joins": joins,
    "fan-out": fan_out,
    "many-rooms": many_rooms,
    "capacity": capacity,
}
