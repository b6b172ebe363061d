"""Tags for pages that show a stream."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState

register = template.Library()

# Named to the browser at once; else it finds them one level of imports after the other.
PLAYER_MODULES = (
    "js/core/clock.js",
    "js/player/controls.js",
    "js/player/delay.js",
    "js/player/engine.js",
    "js/player/faces.js",
    "js/player/keyboard.js",
    "js/player/latency.js",
    "js/player/loader.js",
    "js/player/playback.js",
    "js/player/player.js",
    "js/player/retry.js",
    "js/player/room-feed.js",
    "js/player/screen.js",
    "js/player/session.js",
    "js/player/sound.js",
    "js/player/state.js",
    "js/player/still.js",
    "js/player/support.js",
    "js/player/watchdog.js",
    "js/rooms/room-state.js",
)

# What the player shows until its scripts decide.
_FIRST_FACES = {
    RoomState.WAITING: "waiting",
    RoomState.LIVE: "connecting",
    RoomState.RECONNECTING: "reconnecting",
    RoomState.ENDED: "ended",
}


@register.inclusion_tag("streams/_player.html")
def player(room: Room) -> dict[str, Any]:
    """Draw the player of `room`; js/player/player.js brings it to life."""
    grace = timedelta(seconds=settings.GRACE_SECONDS)
    return {
        "room": room,
        "modules": PLAYER_MODULES,
        "source": f"/api/stream-proxy/live/{room.room_id}.flv",
        "face": _FIRST_FACES[RoomState(room.state)],
        "grace_until": room.interrupted_since + grace if room.interrupted_since else None,
        "end_reasons": EndReason.choices,
        "server_time": now(),
    }
