"""What happens to rooms, as open pages hear it (DESIGN.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from streair.core.realtime.events import Event

# Hears what happens to every public room.
LIVE_LIST = "rooms.live"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted(Event):
    """Pictures arrive: for the first time, or again after an interruption."""

    name: ClassVar[str] = "stream-started"
    room_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInterrupted(Event):
    """The encoder is away; it may come back until `grace_until`."""

    name: ClassVar[str] = "stream-interrupted"
    room_id: str
    grace_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStopped(Event):
    """The encoder did not come back in time; the room stays open and waits."""

    name: ClassVar[str] = "stream-stopped"
    room_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnded(Event):
    """The room is over; `reason` is a rooms.models.EndReason."""

    name: ClassVar[str] = "stream-ended"
    room_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomUpdated(Event):
    """The streamer changed what the room says about itself, or somebody what its chat lets pass.

    Readers have their own languages, so the category comes as its slug with all its names.
    Without `modes` those of the chat are as they were.
    """

    name: ClassVar[str] = "room-updated"
    room_id: str
    title: str
    description: str
    category: dict[str, Any] | None
    tags: list[str]
    is_mature: bool
    hides_viewers: bool
    modes: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveListChanged(Event):
    """A public room came on or off the air, or shows something else in lists. Nulls: look anew."""

    name: ClassVar[str] = "live-list-changed"
    room_id: str | None
    username: str | None
    is_live: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLive(Event):
    """Somebody has begun to stream in public. Only who follows them hears of it (rooms.newsstand)."""

    name: ClassVar[str] = "channel-live"
    room_id: str
    title: str
    user_id: int
    username: str
    display_name: str
