"""The edges of this site: which of them live, whom they may serve, and for how long (docs/operations.md).

What is kept of them lies in Redis for moments: a site that forgets it serves viewers itself, and
who is on an edge comes back by way of the site.
"""

from __future__ import annotations

import json
import logging
import random
import secrets
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.core.cache import caches

from rooms.models import RoomState
from rooms.permissions import may_stay
from streair.core.realtime.identity import Identity
from streams import access, selectors
from streams.access import Viewer
from streams.edge.config import ALIVE_SECONDS, PATH
from streams.edge.tickets import ANYBODY, BadTicket, Purpose, Ticket, read, sign

logger = logging.getLogger(__name__)

# What somebody may is kept for as long as their edge speaks of them, and so long besides.
_KEPT_SECONDS = 60
_LOOK_SECONDS = 0.5
# An edge that was heard of so short a time ago lives: it beats once a second.
_FRESH_SECONDS = 1.2
_NOBODY_IN_PARTICULAR = Viewer()


@dataclass(frozen=True, slots=True)
class News:
    """What an edge says of itself."""

    url: str
    viewers: int
    most_viewers: int  # 0 when it is about to stop.
    rooms: Mapping[str, list[str]]  # Who of its viewers has something to lose, by room.


@dataclass(frozen=True, slots=True)
class Orders:
    """Which rooms are over, by why, and who may not go on."""

    ended: dict[str, str]
    lost: dict[str, list[str]]


@dataclass(slots=True)
class _Places:
    """How many viewers an edge has and may have, and when it said so."""

    taken: int
    most: int
    at: float


class _Edges:
    """The living edges as they were half a second ago, with those counted whom we sent there since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._places: dict[str, _Places] = {}

    def choose(self, *, lost: str = "") -> str | None:
        """Return the edge with the largest share of free places, or None when none has any.

        `lost` is where this viewer's stream broke off. It may be gone, and nobody has noticed yet: any other
        one comes first, and it alone counts only if it was heard of a moment ago.
        """
        with self._lock:
            if time.monotonic() >= self._looked_at + _LOOK_SECONDS:
                self._places, self._looked_at = _living(), time.monotonic()
            free = {url: each for url, each in self._places.items() if each.taken < each.most}
            if lost in free and (len(free) > 1 or time.time() >= free[lost].at + _FRESH_SECONDS):
                del free[lost]
            if not free:
                return None
            urls = [*free]
            random.shuffle(urls)
            chosen = min(urls, key=lambda url: free[url].taken / free[url].most)
            free[chosen].taken += 1
            return chosen

    def forget(self) -> None:
        """Look anew the next time."""
        self._looked_at = float("-inf")


_edges = _Edges()


def hear(news: News) -> Orders:
    """Take note that an edge lives, and return what it is to do about its rooms and viewers."""
    try:
        _cache().set(_key(news.url), [news.viewers, news.most_viewers, time.time()], _KEPT_SECONDS)
    except Exception as exc:  # noqa: BLE001 - each cache raises its own.
        logger.warning("An edge is not noted down: %r", exc)
    if not news.most_viewers:
        _edges.forget()
    states = selectors.watch_states(news.rooms)
    ended = {
        room: "ended" if state is None else state.end_reason or "ended"
        for room in news.rooms
        if (state := states.get(room)) is None or state.state == RoomState.ENDED
    }
    going_on = {room: names for room, names in news.rooms.items() if room not in ended}
    lost = _lost(going_on, states)
    for room in going_on:
        if states[room].lock:  # Who came as anybody has no ticket for it.
            lost.setdefault(room, []).append(ANYBODY)
    return Orders(ended, lost)


def address_for(room_id: str, viewer: Viewer, *, lost: str = "") -> str | None:
    """Return where `viewer` watches, with a ticket for the next moments, or None: here.

    `lost` is the edge where their stream broke off, as their player says.
    """
    if not settings.EDGES:
        return None
    try:
        url = _edges.choose(lost=lost)
        if url is None:
            return None
        name = ANYBODY if viewer == _NOBODY_IN_PARTICULAR else _remember(viewer)
    except Exception as exc:  # noqa: BLE001 - each cache raises its own.
        logger.warning("Viewers are served here, the edges are not known: %r", exc)
        return None
    ticket = sign(Ticket(room_id, name), Purpose.WATCH, secret=settings.EDGE_SECRET)
    return f"{url}{PATH}{room_id}.flv?ticket={ticket}"


def may_pull(room_id: str, ticket: str) -> bool:
    """Whether an edge of ours shows this ticket, to read the room for its viewers."""
    if not settings.EDGE_SECRET:
        return False
    try:
        return read(ticket, Purpose.PULL, secret=settings.EDGE_SECRET).room == room_id
    except BadTicket:
        return False


def _living() -> dict[str, _Places]:
    found = _cache().get_many([_key(url) for url in settings.EDGES])
    since = time.time() - ALIVE_SECONDS
    return {
        url: _Places(viewers, most, at)
        for url in settings.EDGES
        if (entry := found.get(_key(url))) is not None
        for viewers, most, at in [entry]
        if at >= since and most > 0
    }


def _lost(
    rooms: Mapping[str, list[str]], states: Mapping[str, selectors.WatchState]
) -> dict[str, list[str]]:
    """Return who of these may not go on. Whom we do not remember comes back, and is looked at anew."""
    names = {name for found in rooms.values() for name in found}
    if not names:
        return {}
    try:
        viewers = _recall(names)
    except Exception as exc:  # noqa: BLE001 - as above.
        logger.warning("Who watches at an edge was not looked at: %r", exc)
        return {}
    over = access.lost_rights(viewers.values())
    lost = {
        room: [
            name
            for name in found
            if (viewer := viewers.get(name)) is None
            or viewer in over
            or _is_locked_out(viewer, states[room])
        ]
        for room, found in rooms.items()
    }
    return {room: found for room, found in lost.items() if found}


def _is_locked_out(viewer: Viewer, state: selectors.WatchState) -> bool:
    return bool(state.lock) and not may_stay(viewer.held, owner_id=state.owner_id, lock=state.lock)


def _remember(viewer: Viewer) -> str:
    """Keep by what right somebody watches; return what the edge knows them by."""
    name = secrets.token_urlsafe(12)
    _cache().set(_viewer_key(name), json.dumps(asdict(viewer), default=sorted), _KEPT_SECONDS)
    return name


def _recall(names: Iterable[str]) -> dict[str, Viewer]:
    keys = {_viewer_key(name): name for name in names}
    found = _cache().get_many(list(keys))
    _cache().set_many(found, _KEPT_SECONDS)
    return {keys[key]: _viewer(json.loads(text)) for key, text in found.items()}


def _viewer(data: dict[str, Any]) -> Viewer:
    identity = data.pop("identity")
    if identity is not None:
        scopes = identity.pop("scopes")
        identity = Identity(**identity, scopes=None if scopes is None else frozenset(scopes))
    return replace(Viewer(**data), identity=identity)


def _cache() -> Any:
    return caches["default"]


def _key(url: str) -> str:
    return f"edge:{url}"


def _viewer_key(name: str) -> str:
    return f"edge:viewer:{name}"
