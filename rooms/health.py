"""How much goes on, for the people who run the site."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rooms import selectors
from rooms.models import RoomState
from rooms.viewer_board import viewer_counts
from streair.core import health


def look() -> health.Facts:
    """Return how many rooms are in which state, and how many people watch them."""
    states = selectors.states_of_open_rooms()
    counts = [state for _room, state in states]
    viewers = viewer_counts(room for room, state in states if state != RoomState.WAITING)
    return {
        _("live"): counts.count(RoomState.LIVE),
        _("reconnecting"): counts.count(RoomState.RECONNECTING),
        _("waiting"): counts.count(RoomState.WAITING),
        _("viewers"): sum(viewers.values()),
    }


def install() -> None:
    """Have the rooms looked after."""
    health.register("rooms", _("Rooms"), look)
