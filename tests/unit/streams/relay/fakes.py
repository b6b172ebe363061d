"""Stand-ins for what the relay touches: time, sources, observers, and viewers' connections."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager

from streams.relay.batch import Batch, Parcel
from streams.relay.errors import RelayError
from streams.relay.flv import FlvParser, Tag
from streams.relay.inspector import Report
from streams.relay.upstream import Upstream


async def settle() -> None:
    """Let every task go as far as it can without time passing."""
    for _ in range(30):
        await asyncio.sleep(0)


class FakeClock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, self._count, woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, waking every sleeper at its moment."""
        await settle()
        end = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self._now = end
        await settle()


class FakeSources:
    """An opener of upstreams that a test publishes to."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.open_now: list[str] = []
        self.refuses = False
        self._queues: dict[str, asyncio.Queue[list[Tag] | RelayError | None]] = {}

    def publish(self, url: str, tags: Iterable[Tag]) -> None:
        self._queue(url).put_nowait([*tags])

    def end(self, url: str, error: RelayError | None = None) -> None:
        self._queue(url).put_nowait(error)

    @asynccontextmanager
    async def __call__(self, url: str) -> AsyncIterator[Upstream]:
        self.opened.append(url)
        if self.refuses:
            raise RelayError("refused")
        self.open_now.append(url)
        try:
            yield self._tags(url)
        finally:
            self.open_now.remove(url)

    async def _tags(self, url: str) -> AsyncIterator[list[Tag]]:
        while (item := await self._queue(url).get()) is not None:
            if isinstance(item, RelayError):
                raise item
            yield item

    def _queue(self, url: str) -> "asyncio.Queue[list[Tag] | RelayError | None]":
        return self._queues.setdefault(url, asyncio.Queue())


class Directory:
    """Where rooms are published, as a test arranges it."""

    def __init__(self, **urls: str | None) -> None:
        self.urls = urls
        self.asked = 0

    async def __call__(self, key: str) -> str | None:
        self.asked += 1
        return self.urls.get(key)


class Diary:
    """An observer that writes down what it hears."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, ...]] = []
        self.reports: list[Report] = []

    def first_keyframe(self, key: str, url: str) -> None:
        self.entries.append(("first-keyframe", key, url))

    def described(self, key: str, url: str, report: Report) -> None:
        self.reports.append(report)

    def lost(self, key: str, url: str) -> None:
        self.entries.append(("lost", key, url))


class Screen:
    """A viewer's connection: takes everything at once, or only what a test lets it take."""

    def __init__(self, *, takes_all: bool = True) -> None:
        self.takes_all = takes_all
        self.batches: list[Batch] = []
        self.writes = 0
        self.kernel = 0  # bytes that lie further down, where no more fit
        self._backlog = 0

    def write(self, parcel: Parcel) -> int:
        return self.begin(parcel.batches)

    def begin(self, batches: Sequence[Batch]) -> int:
        size = sum(batch.size for batch in batches)
        self.batches += batches
        self.writes += 1
        if not self.takes_all:
            self._backlog += size
        return size

    def backlog(self) -> int:
        return self._backlog

    def untaken(self) -> int:
        return self._backlog + self.kernel

    def take(self, count: int | None = None) -> None:
        """Take `count` bytes of what is waiting; all of it without."""
        self._backlog = 0 if count is None else max(0, self._backlog - count)

    @property
    def tags(self) -> list[Tag]:
        """Return everything that was sent, as a player reads it."""
        parser = FlvParser()
        return [tag for batch in self.batches for tag in parser.feed(batch.body)]

    @property
    def frames(self) -> list[Tag]:
        """Return what was sent but for headers and metadata."""
        return [tag for tag in self.tags if not (tag.is_script or tag.is_sequence_header)]

    @property
    def times(self) -> list[int]:
        return [tag.timestamp for tag in self.frames]


def reset(tags: Iterable[Tag], start: int) -> Iterator[Tag]:
    """Yield `tags` as they are placed when the first of them comes at `start`."""
    first: int | None = None
    for tag in tags:
        first = tag.timestamp if first is None else first
        yield Tag(tag.kind, tag.timestamp - first + start, tag.body)
