"""The picture of a room, taken from its stream now and then: names and addresses. Pure.

Names are random, so that a new picture has a new address; those of mature rooms say that they are
blurred, so that a room that turns mature never shows one from before.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

if TYPE_CHECKING:
    from rooms.models import Room

# Wide enough for other sites' previews, and for a card on a dense screen.
SIZES = {"1280": (1280, 720), "560": (560, 315)}
_CLEAR, _BLURRED = "rooms/", "rooms/blurred/"


def new_name(*, blurred: bool) -> str:
    """Return a name for a picture, without size and ending."""
    random = secrets.token_hex(16)
    return f"{_BLURRED if blurred else _CLEAR}{random[:2]}/{random}"


def files_of(name: str) -> dict[str, str]:
    """Return the file of each size."""
    return {size: f"{name}-{size}.webp" for size in SIZES}


def picture_url(room: Room, size: str) -> str:
    """Return where the room's picture is, or "": none yet, or none that may be shown."""
    name = room.picture
    if not name or room.is_locked or (room.is_mature and not name.startswith(_BLURRED)):
        return ""
    return default_storage.url(files_of(name)[size])
