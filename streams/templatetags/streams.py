"""Tags for pages that show a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rooms.models import EndReason, Room, RoomState

register = template.Library()

# What the player shows until its scripts decide.
_FIRST_FACES = {
    RoomState.WAITING: "waiting",
    RoomState.LIVE: "connecting",
    RoomState.RECONNECTING: "reconnecting",
    RoomState.ENDED: "ended",
}

# What the player can be told by a key (js/player/keyboard.js).
_KEYS = [
    (["K", pgettext_lazy("key", "Space")], _("Play, pause")),
    (["M"], _("Sound on, off")),
    (["↑", "↓"], _("Louder, softer, while the focus is in the player")),
    (["L"], _("To the live picture")),
    (["F"], _("Fullscreen; in the theatre with the chat")),
    (["T"], pgettext_lazy("player", "Theatre")),
    (["I"], _("Picture-in-picture")),
    (["C"], _("Write in the chat")),
    (["/"], _("Search")),
    (["?"], _("This sheet")),
]
# What the statistics say (js/player/stats.js).
_FIGURES = [
    ("picture", pgettext_lazy("statistics", "Picture")),
    ("codecs", _("Codecs")),
    ("bitrate", _("Bitrate")),
    ("delay", pgettext_lazy("player", "Delay")),
    ("buffer", _("Buffer, and its goal")),
    ("rate", pgettext_lazy("statistics", "Speed")),
    ("dropped", _("Dropped frames")),
    ("stalls", pgettext_lazy("statistics", "Stalls")),
]

# As many as fit over the picture of a stream that has ended.
_NEXT = 2


def source_of(room: Room) -> str:
    """Return where the stream of `room` is."""
    return f"/api/stream-proxy/live/{room.room_id}.flv"


@register.inclusion_tag("streams/_preview.html")
def stream_preview(room: Room, viewers: Mapping[str, int]) -> dict[str, Any]:
    """Draw `room` as a stage on which its picture moves; js/player/preview.js lets it."""
    count = None if room.hides_viewers else viewers.get(room.room_id, 0)
    return {"room": room, "source": source_of(room), "viewers": count}


@register.inclusion_tag("streams/_player.html")
def player(room: Room, others: Sequence[Room] = ()) -> dict[str, Any]:
    """Draw the player of `room`; js/player/player.js brings it to life. `others` are for when it is over."""
    grace = timedelta(seconds=settings.GRACE_SECONDS)
    return {
        "room": room,
        "source": source_of(room),
        "face": _FIRST_FACES[RoomState(room.state)],
        "grace_until": room.interrupted_since + grace if room.interrupted_since else None,
        "end_reasons": EndReason.choices,
        "server_time": now(),
        "next_rooms": others[:_NEXT],
        "keys": _KEYS,
        "figures": _FIGURES,
    }
