"""How many rooms there are, and how many people watch: of the whole site."""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from rooms import selectors
from rooms.models import RoomState
from rooms.viewer_board import viewer_counts
from streair.core.metrics import site
from streair.core.metrics.tallies import Gauge

_rooms = Gauge(
    "streair_rooms", "Rooms that are not over, by state; live ones are on air.", ["state"]
)
_viewers = Gauge("streair_viewers", "People who watch, on the whole site.")
_room_viewers = Gauge("streair_room_viewers", "People who watch a room.", ["room"])


def look() -> site.Numbers:
    """Return how many rooms are in which state, and how many people watch them."""
    states = selectors.states_of_open_rooms()
    counts = Counter({str(state): 0 for state in RoomState if state != RoomState.ENDED})
    counts.update(str(state) for _room, state in states)
    viewers = viewer_counts(room for room, state in states if state != RoomState.WAITING)
    watched = Counter(viewers).most_common(settings.METRICS_ROOMS)
    return {
        _rooms: {(state,): count for state, count in counts.items()},
        _viewers: {(): sum(viewers.values())},
        _room_viewers: {(room,): count for room, count in watched},
    }


def install() -> None:
    """Have them counted at each collection."""
    site.register("rooms", look, _rooms, _viewers, _room_viewers)
