"""Tags for pages that show a stream."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState

register = template.Library()

# What the player shows until its scripts decide.
_FIRST_FACES = {
    RoomState.WAITING: "waiting",
    RoomState.LIVE: "connecting",
    RoomState.RECONNECTING: "reconnecting",
    RoomState.ENDED: "ended",
}


def source_of(room: Room) -> str:
    """Return where the stream of `room` is."""
    return f"/api/stream-proxy/live/{room.room_id}.flv"


@register.inclusion_tag("streams/_preview.html")
def stream_preview(room: Room, viewers: Mapping[str, int]) -> dict[str, Any]:
    """Draw `room` as a stage on which its picture moves; js/player/preview.js lets it."""
    count = None if room.hides_viewers else viewers.get(room.room_id, 0)
    return {"room": room, "source": source_of(room), "viewers": count}


@register.inclusion_tag("streams/_player.html")
def player(room: Room) -> dict[str, Any]:
    """Draw the player of `room`; js/player/player.js brings it to life."""
    grace = timedelta(seconds=settings.GRACE_SECONDS)
    return {
        "room": room,
        "source": source_of(room),
        "face": _FIRST_FACES[RoomState(room.state)],
        "grace_until": room.interrupted_since + grace if room.interrupted_since else None,
        "end_reasons": EndReason.choices,
        "server_time": now(),
    }
