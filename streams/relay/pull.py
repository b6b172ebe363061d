"""Keeps one room's upstream open: finds it, reads it, and comes back when it is lost."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from enum import StrEnum
from typing import Any, Protocol

from streams.relay.clock import Clock
from streams.relay.errors import RelayError
from streams.relay.flv import Tag
from streams.relay.observer import Observer
from streams.relay.pacer import Pacer
from streams.relay.upstream import READ_SIZE, Opener, Upstream

logger = logging.getLogger(__name__)

Locate = Callable[[str], Awaitable[str | None]]

LOCATE_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
# A source that held this long was a good one: start over with short pauses.
GOOD_SECONDS = 5.0
# More than a server says before there is media.
MAX_EARLY_TAGS = 16
# A publisher who comes this long after the server accepted is one that just started.
WAITED_SECONDS = 1.0


class PullState(StrEnum):
    """How far it has come."""

    LOCATING = "locating"
    CONNECTING = "connecting"
    WAITING = "waiting"  # accepted, and nobody publishes yet
    FLOWING = "flowing"
    CLOSED = "closed"


class Receiver(Protocol):
    """Who gets the tags."""

    def restart(self, url: str, *, from_start: bool) -> None:
        """What follows is a new publishing run, seen from its start or joined in the middle."""

    def take(self, tags: Sequence[Tag]) -> None:
        """These tags are next."""


class Pull:
    """Reads from wherever `locate` says the room is published, again and again."""

    def __init__(
        self,
        key: str,
        receiver: Receiver,
        *,
        locate: Locate,
        opener: Opener,
        observer: Observer,
        clock: Clock,
        pacer: Pacer,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.state = PullState.LOCATING
        self.url: str | None = None
        self.runs = 0  # how often media began to flow
        self._key = key
        self._receiver = receiver
        self._locate = locate
        self._opener = opener
        self._observer = observer
        self._clock = clock
        self._pacer = pacer
        self._jitter = jitter
        self._target: str | None = None
        self._expecting = False
        self._moved = asyncio.Event()
        self._accepted = asyncio.Event()

    def retarget(self, url: str | None, *, expecting: bool = False) -> None:
        """Read from `url` from now on, or from nowhere until `locate` knows better.

        Does nothing if it does so already. `expecting`: a publisher is about to start there.
        """
        if url is not None and url == self._target:
            return
        self._target = url
        self._expecting = expecting
        self._accepted.clear()
        self._moved.set()

    @property
    def reconnects(self) -> int:
        """How often media began to flow again."""
        return max(0, self.runs - 1)

    async def accepted(self) -> None:
        """Return once the present target has agreed to send."""
        await self._accepted.wait()

    async def run(self) -> None:
        """Pull for ever."""
        attempt = 0
        try:
            while True:
                self._moved.clear()
                held = await self._until_moved(self._pull_once())
                attempt = 0 if held or self._moved.is_set() else attempt + 1
                await self._until_moved(self._rest(attempt))
        finally:
            self.state, self.url = PullState.CLOSED, None

    async def _until_moved(self, work: Coroutine[Any, Any, bool]) -> bool:
        """Do `work` and return its result; if the target moves, drop it and return False."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work)
            moved = group.create_task(self._moved.wait())
            task.add_done_callback(lambda _: moved.cancel())
            moved.add_done_callback(lambda _: task.cancel())
        return not task.cancelled() and task.result()

    async def _rest(self, attempt: int) -> bool:
        """Wait longer with every failure, and never as long as everybody else."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** max(0, attempt - 1))
        await self._clock.sleep(pause * (0.5 + self._jitter() / 2))
        return True

    async def _pull_once(self) -> bool:
        """Find the source and read it to its end. Return whether it held for a while."""
        self.state, self.url = PullState.LOCATING, None
        started = self._clock.now()
        flowed = False
        try:
            url = self._target or await self._ask()
            if url is not None:
                flowed = await self._read(url)
        except Exception:
            # A fault in here must not end the room for everybody who watches it.
            logger.exception("Room %s: reading its source failed.", self._key)
        self._target = None  # It has ended: ask again where the room is.
        return flowed and self._clock.now() - started >= GOOD_SECONDS

    async def _ask(self) -> str | None:
        async with asyncio.timeout(LOCATE_SECONDS):
            return await self._locate(self._key)

    async def _read(self, url: str) -> bool:
        """Pass on what comes from `url` until it ends. Return whether any media came."""
        self.state, self.url, self._target = PullState.CONNECTING, url, url
        try:
            async with self._opener(url) as upstream:
                self.state = PullState.WAITING
                self._accepted.set()
                await self._pass_on(upstream, url)
        except RelayError as exc:
            logger.info("Room %s: its source is gone: %s.", self._key, exc)
        flowed = self.state is PullState.FLOWING
        if flowed:
            self._observer.lost(self._key, url)
        return flowed

    async def _pass_on(self, upstream: Upstream, url: str) -> None:
        accepted = self._clock.now()
        early: list[Tag] = []
        async for tags in upstream:
            if self.state is PullState.FLOWING:
                self._receiver.take(tags)
                await self._gather(tags)
                continue
            # Servers have things to say before anybody publishes: that is no media yet.
            early += tags
            if all(tag.is_script for tag in tags):
                del early[:-MAX_EARLY_TAGS]
            else:
                self._begin_run(url, waited=self._clock.now() - accepted)
                self._receiver.take(early)

    async def _gather(self, tags: Sequence[Tag]) -> None:
        """Let more arrive before it is read, in the rhythm in which it is sent on."""
        pause = self._pacer.interval
        if pause and sum(len(tag.body) for tag in tags) < READ_SIZE // 2:
            await self._clock.sleep(pause)

    def _begin_run(self, url: str, *, waited: float) -> None:
        self.state = PullState.FLOWING
        self.runs += 1
        self._receiver.restart(url, from_start=self._expecting or waited >= WAITED_SECONDS)
        self._expecting = False
