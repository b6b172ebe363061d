"""What services tell the sockets' side of moderation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chat.models import Chat
from chat.selectors import modes_of
from rooms.events import RoomUpdated
from rooms.models import Room
from rooms.snapshots import snapshot
from streair.core.realtime.events import Event, publish


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Event):
    """What somebody may do in a room has changed. Sockets look it up; pages never hear this."""

    name: ClassVar[str] = "chat.rights"
    room_id: str
    user_id: int


def publish_rights(room: Room, user_id: int) -> None:
    """Let the sockets of this person in the room look up what they may do now."""
    publish(room.group, RightsChanged(room_id=room.room_id, user_id=user_id))


def publish_modes(chat: Chat) -> None:
    """Tell the room's pages what its chat lets pass now."""
    room = chat.room
    state = snapshot(room, viewer_count=0)
    event = RoomUpdated(
        room_id=room.room_id,
        title=room.title,
        description=room.description,
        category=state["category"],
        tags=room.tags,
        is_mature=room.is_mature,
        hides_viewers=room.hides_viewers,
        modes=modes_of(chat),
    )
    publish(room.group, event)
