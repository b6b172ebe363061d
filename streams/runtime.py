"""The relay of this process: what Django tells it, and what it tells Django.

The relay (`streams.relay`) knows rooms by their public id and nothing of the database. Here
both meet, on the server's event loop:

- `expect` readies the relay for a publisher that is about to be let in, so that not even
  its first keyframe is missed;
- once a second one query says how every room that is open here stands: who ended, who has
  come back under another session name, who lost the right to watch. The database is the
  truth, so a process that restarts, or misses an event, is right again a second later;
- what the relay sees (the first keyframe, codecs, problems) goes to the services.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils.timezone import now

from rooms.models import RoomState
from rooms.permissions import may_stay
from streair.core.cancelling import cancelled
from streair.core.realtime.chores import chore
from streair.core.realtime.clerks import Clerks, by_a_clerk
from streair.core.realtime.per_loop import per_loop
from streair.ingest import MAIN
from streams import access, metrics, nodes, selectors, services
from streams.relay.errors import RelayClosed
from streams.relay.inspector import Report
from streams.relay.rooms import Rooms
from streams.relay.upstream import Opener, open_upstream

logger = logging.getLogger(__name__)

FOLLOW_SECONDS = 1.0
ROUNDS_BETWEEN_LOOKS = 2
REPORT_SECONDS = 0.5
FIGURES_SECONDS = 5.0
# How many streams a new process begins to read before anybody asks for them.
MOST_WARM = 50

# Whoever wants to watch does not wait for four rooms whose chats are locked.
_clerks = per_loop(Clerks)
_watch_states = by_a_clerk(selectors.watch_states, _clerks)
_awaiting = chore(selectors.sessions_awaiting_keyframe, _clerks)
_watched = database_sync_to_async(selectors.watched_sessions, thread_sensitive=False)
_first_keyframe = database_sync_to_async(services.first_keyframe, thread_sensitive=False)
_describe = database_sync_to_async(services.describe, thread_sensitive=False)
_lost_rights = database_sync_to_async(access.lost_rights, thread_sensitive=False)

# What most people watch as; there is no sign-in or key to lose.
_ANYBODY = access.Viewer()

States = Mapping[str, selectors.WatchState]


def upstream_url(session: str, node: str = MAIN) -> str | None:
    """Return where the relay reads the stream called `session`; None when its node is no more."""
    found = nodes.find(node)
    return found.url(session) if found else None


def session_of(url: str) -> str:
    """Return the session name that `upstream_url` put into `url`."""
    return url.rpartition("/")[2].removesuffix(".flv")


class Runtime:
    """Owns the relay's rooms and the tasks that tie them to the database."""

    def __init__(self, *, opener: Opener = open_upstream) -> None:
        self.rooms = Rooms(locate=self._locate, observer=self, opener=opener)
        self._tasks: list[asyncio.Task[None]] = []
        # What the relay saw and the services have not heard; at most one entry per session.
        self._keyframes: set[str] = set()
        self._reports: dict[str, Report] = {}
        # What was passed on last, and when: figures that wander are worth a write now and then.
        self._told: dict[str, tuple[float, Report]] = {}
        self._seen = asyncio.Event()
        self._rounds = 0
        # When a publisher was last expected in a room: newer than what a query under way says.
        self._expected: dict[str, float] = {}

    def start(self) -> None:
        """Start the tasks on the running loop. Does nothing the second time."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._forever(self._follow, FOLLOW_SECONDS), name="follow"),
                asyncio.create_task(self._forever(self._report, REPORT_SECONDS), name="report"),
                asyncio.create_task(self._warm(), name="warm"),
            ]

    async def stop(self) -> None:
        """End every stream and the tasks."""
        await self.rooms.close()
        await cancelled(self._tasks)
        self._tasks = []

    async def expect(self, room_id: str, session: str, timeout: float, *, node: str = MAIN) -> bool:
        """Connect the relay to a publisher that will be admitted in a moment.

        Returns whether the relay was ready within `timeout` seconds; the publisher may be
        let in either way, viewers then start at its second keyframe.
        """
        self.start()
        self._expected[room_id] = time.monotonic()
        return await self._prepare(room_id, selectors.Place(session, node), timeout)

    # --- What the relay tells us: never waits, the newest wins. ---

    def first_keyframe(self, key: str, url: str) -> None:
        """The room has a picture."""
        self._keyframes.add(session_of(url))
        self._seen.set()

    def described(self, key: str, url: str, report: Report) -> None:
        """The stream was measured."""
        session = session_of(url)
        told_at, told = self._told.get(session, (0.0, None))
        is_news = told is None or report != replace(
            told, bitrate_kbps=report.bitrate_kbps, fps=report.fps
        )
        if not is_news and time.monotonic() - told_at < FIGURES_SECONDS:
            return
        self._told[session] = (time.monotonic(), report)
        self._reports[session] = report
        self._seen.set()

    def lost(self, key: str, url: str) -> None:
        """The stream stopped. The sidecar's hook and /stat say why; nothing to do here."""
        logger.debug("The relay lost room %s.", key)
        self._told.pop(session_of(url), None)

    # --- Tasks ---

    async def _forever(self, step: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await step()
            except Exception:
                logger.exception("%s failed; it is tried again.", step.__name__)
            await asyncio.sleep(seconds)

    async def _warm(self) -> None:
        """Read what is watched in other processes: whoever comes over finds a keyframe here.

        Otherwise they would wait for the next one, which may take seconds.
        """
        try:
            watched = await _watched(most=MOST_WARM)
        except DatabaseError as exc:
            logger.warning("Nothing is read beforehand, the database is away: %s", exc)
            return
        with suppress(RelayClosed):
            await self._prepare_closed(watched)

    async def _report(self) -> None:
        await self._seen.wait()
        self._seen.clear()
        try:
            for session in list(self._keyframes):
                await _first_keyframe(session=session, at=now())
                self._keyframes.discard(session)
            for session, report in list(self._reports.items()):
                await _describe(session=session, report=report)
                if self._reports.get(session) is report:
                    del self._reports[session]
        finally:
            # What failed, or came meanwhile, is for the next round.
            if self._keyframes or self._reports:
                self._seen.set()

    async def _follow(self) -> None:
        keys = self.rooms.open_keys()
        if keys:
            states = await self._retarget(keys)
            await self._eject(keys, states)
        # A process that let a publisher in expects it anyway; this is for the others.
        self._rounds += 1
        if self._rounds % ROUNDS_BETWEEN_LOOKS == 0:
            await self._prepare_closed(await _awaiting())

    async def _prepare_closed(self, places: Mapping[str, selectors.Place]) -> None:
        """Begin to read those that are not read yet."""
        for room_id, place in places.items():
            if room_id not in self.rooms.open_keys():
                await self._prepare(room_id, place, 0.2)

    async def _prepare(self, room_id: str, place: selectors.Place, timeout: float) -> bool:
        url = upstream_url(*place)
        return url is not None and await self.rooms.prepare(room_id, url, timeout=timeout)

    async def _retarget(self, keys: Iterable[str]) -> States:
        asked = time.monotonic()
        states: States = await _watch_states(room_ids=list(keys))
        self._expected = {key: at for key, at in self._expected.items() if at >= asked}
        for key in keys:
            state = states.get(key)
            if key in self._expected:
                continue
            if state is None or state.state == RoomState.ENDED:
                self.rooms.end(key, "ended" if state is None else state.end_reason or "ended")
            else:
                self.rooms.retarget(key, _where(state))
        return states

    async def _eject(self, keys: Iterable[str], states: States) -> None:
        """Close the streams of those who signed out, were deactivated, changed their key or were locked out."""
        labels = {key: self.rooms.labels(key) - {None} for key in keys}  # None: edges.
        viewers = {label for found in labels.values() for label in found} - {_ANYBODY}
        lost = await _lost_rights(viewers) if viewers else set()
        for key, found in labels.items():
            for viewer in found & (lost | _locked_out(found, states.get(key))):
                self.rooms.eject(key, viewer, "not-allowed")

    async def _locate(self, key: str) -> str | None:
        state = (await _watch_states(room_ids=[key])).get(key)
        return _where(state) if state else None


def _where(state: selectors.WatchState) -> str | None:
    return upstream_url(state.session, state.node) if state.session else None


def _locked_out(viewers: Iterable[Any], state: selectors.WatchState | None) -> set[access.Viewer]:
    """Return those who would not get in any more: the room has another lock than they had a ticket for."""
    if state is None or not state.lock:
        return set()
    return {
        viewer
        for viewer in viewers
        if not may_stay(viewer.held, owner_id=state.owner_id, lock=state.lock)
    }


_runtime: Runtime | None = None


def install() -> Runtime:
    """Give this process a relay; `streair.asgi` does. The same one the second time."""
    global _runtime  # noqa: PLW0603 - there is one relay in a process.
    if _runtime is None:
        _runtime = Runtime()
        metrics.follow(_runtime.rooms)
    return _runtime


async def expect(room_id: str, session: str, *, node: str = MAIN, timeout: float = 0.3) -> bool:
    """Ready this process' relay for a publisher; False where there is none (a plain web worker)."""
    return _runtime is not None and await _runtime.expect(room_id, session, timeout, node=node)
