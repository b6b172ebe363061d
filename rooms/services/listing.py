"""Telling those who look at lists of rooms."""

from __future__ import annotations

from rooms import live_rooms
from rooms.events import LIVE_LIST, LiveListChanged
from rooms.models import Room
from streair.core.realtime.events import publish


def lists_changed(room: Room, *, was_public: bool = False) -> None:
    """Say that `room` is another one in lists once the transaction commits.

    Nobody is told of what strangers may not come across, but that it is no longer there (`was_public`).
    """
    live_rooms.changed()
    if room.is_public or was_public:
        event = LiveListChanged(
            room_id=room.room_id,
            username=room.owner.username,
            is_live=room.is_public and room.is_on_air,
        )
        publish(LIVE_LIST, event)
