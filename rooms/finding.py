"""What a search turns up beside live rooms: streamers, and streams that are over."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from rooms.models import Room
from rooms.selectors import rooms_for_everybody_found_by
from streair.core.texts import folded

# So many rooms are looked through for the people whose name it is.
_ROOMS = 200


def streamers(words: Sequence[str], *, limit: int) -> list[User]:
    """Return who streamed for everybody and has every word in their names, marks aside. One query.

    Names are part of what rooms are found by; so a room of theirs is found first.
    """
    found: dict[int, User] = {}
    for room in rooms_for_everybody_found_by(words)[:_ROOMS]:
        names = folded(f"{room.owner.username} {room.owner.display_name}")
        if all(word in names for word in words):
            found.setdefault(room.owner_id, room.owner)
    return list(found.values())[:limit]


def past_streams(words: Sequence[str], *, limit: int) -> list[Room]:
    """Return streams that are over and have every word, the latest first. One query."""
    return list(rooms_for_everybody_found_by(words).ended()[:limit])
