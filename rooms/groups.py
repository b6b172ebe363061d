"""The channel-layer groups of a room, for those who know no more of it than its id."""

from __future__ import annotations


def group_of(room_id: str) -> str:
    """Return the group of everybody who has the room open, as rooms.models.Room.group."""
    return f"room.{room_id}"


def owner_group_of(room_id: str) -> str:
    """Return the group of the streamer's own pages, as rooms.models.Room.owner_group."""
    return f"{group_of(room_id)}.owner"
