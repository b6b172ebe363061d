"""Publishers and viewers: runs the load programs against a subject and reads off what it cost."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.load import tools, usage
from tests.load.subject import HARDLY_BUSY, LOAD_CORE, SERVER_CORE, Channel, Subject
from tests.servers.clips import Clip, clip_file

# What a viewer of a decent stream gets: 2.5 Mbit/s H.264 at 30 fps with a keyframe every 2 s, AAC.
GOP_SECONDS = 2.0
CLIP = Clip(size="1280x720", fps=30, gop_seconds=GOP_SECONDS, seconds=20, video_kbit=2500)

# The generator rests between reads. If it slept until each write instead, the server's core would
# have to wake it up thousands of times a second: a cost that viewers elsewhere do not cause.
REST_MS = 2


@dataclass(frozen=True, slots=True)
class Audience:
    """How many watch, and for how long."""

    viewers: int
    seconds: float = 10
    joins_per_second: float = 200
    patience: float = 20  # For everybody to see a picture; no longer than it takes.
    settle: float = 2
    rest_ms: int = REST_MS

    @property
    def deadline(self) -> float:
        waiting = self.viewers / self.joins_per_second + self.patience + self.settle
        return waiting + self.seconds + 30


@dataclass(frozen=True, slots=True)
class Watched:
    """What the viewers saw, and what the server spent inside the window."""

    told: dict[str, Any]  # flvload's own words.
    cpu: dict[str, float]  # Part → share of a core.
    memory: dict[str, int]  # Part → bytes, at the window's end.
    others_cpu: float  # Share of the server's core that neither it nor idling took.

    @property
    def playing(self) -> int:
        return int(self.told["playing"])

    @property
    def loader_cpu(self) -> float:
        return float(self.told["loader_cpu"])

    @property
    def faults(self) -> int:
        """Refused or cut off viewers, wrong bytes, stalls and lost frames, all together."""
        names = ("failed", "flv_errors", "stalls", "frames_dropped")
        return sum(int(self.told[name]) for name in names)

    def delay(self, share: str) -> float:
        """Return the delay in ms that `share` ("p50", "p99") of all frames stay within."""
        delay = self.told["delay_ms"]
        return float(delay[share]) if delay else float("inf")

    def first_keyframe(self, share: str) -> float:
        """Return the ms from connecting to the first whole keyframe."""
        spread = self.told["first_keyframe_ms"]
        return float(spread[share]) if spread else float("inf")


def cpu_of(subject: Subject, seconds: float) -> dict[str, float]:
    """Return what each part spends while nothing is asked of it but what runs already."""
    with _Meter(subject) as meter:
        time.sleep(seconds)
    return meter.cpu


class _Meter:
    """Measures the subject's CPU over a block."""

    def __init__(self, subject: Subject) -> None:
        self._parts = subject.parts()
        self.cpu: dict[str, float] = {}
        self.memory: dict[str, int] = {}
        self.others_cpu = 0.0

    def __enter__(self) -> Self:
        self._before = self._now()
        self._busy_before = time.monotonic(), usage.busy_seconds(SERVER_CORE)
        return self

    def __exit__(self, *_: object) -> None:
        now, busy = time.monotonic(), usage.busy_seconds(SERVER_CORE)
        after = self._now()
        for part, (then, spent_then) in self._before.items():
            read, spent = after[part]
            self.cpu[part] = (spent - spent_then) / (read - then)
        since, busy_before = self._busy_before
        self.others_cpu = max(0.0, (busy - busy_before) / (now - since) - sum(self.cpu.values()))
        self.memory = {part: usage.memory_bytes(pid) for part, pid in self._parts.items()}

    def _now(self) -> dict[str, tuple[float, float]]:
        """Return when each part was read, and what it had spent: reading takes a while."""
        return {
            part: (time.monotonic(), usage.cpu_seconds(pids))
            for part, pids in [(part, usage.tree(pid)) for part, pid in self._parts.items()]
        }


@contextlib.contextmanager
def publishing(channels: Sequence[Channel]) -> Iterator[None]:
    """Stream the clip into every channel during the block, their keyframes spread in time."""
    clip = clip_file(CLIP)
    # Not a divisor of the GOP's length: streams must not have their keyframes together.
    per_second = 7.3
    with _url_file([channel.publish_url for channel in channels]) as urls:
        args = ("-i", clip, "-r", str(per_second), "-f", urls)
        with tools.running(
            "rtmppub", *args, seconds=3600, core=LOAD_CORE, priority=HARDLY_BUSY
        ) as tool:
            tool.expect("publishing")
            yield
            tool.stop()
            told = tool.result()
    if told["alive"] != told["streams"]:
        raise tools.ToolError(f"Streams were lost: {told}")


def watch(subject: Subject, channels: Sequence[Channel], audience: Audience) -> Watched:
    """Let an audience watch, dealt over `channels`, and measure it."""
    args = ["-n", audience.viewers, "-r", audience.joins_per_second, "-d", audience.seconds]
    args += ["-p", audience.patience, "-w", audience.settle, "-B", audience.rest_ms]
    with (
        _url_file([channel.watch_url for channel in channels]) as urls,
        tools.running(
            "flvload", *map(str, args), "-f", urls, seconds=audience.deadline, core=LOAD_CORE
        ) as tool,
    ):
        tool.expect("open")
        with _Meter(subject) as meter:
            tool.expect("close")
        return Watched(tool.result(), meter.cpu, meter.memory, meter.others_cpu)


@contextlib.contextmanager
def watching(channels: Sequence[Channel], viewers: int) -> Iterator[None]:
    """Keep some viewers in the channels during the block."""
    args = ("-n", str(viewers), "-w", "1", "-d", "3600")
    with (
        _url_file([channel.watch_url for channel in channels]) as urls,
        tools.running("flvload", *args, "-f", urls, seconds=3600, core=LOAD_CORE) as tool,
    ):
        tool.expect("open")
        yield


@contextlib.contextmanager
def _url_file(urls: Sequence[str]) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", prefix="streair-bench-", suffix=".txt") as file:
        file.writelines(f"{url}\n" for url in urls)
        file.flush()
        yield Path(file.name)
