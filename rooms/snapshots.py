"""How a room stands, as pages are told it: the answer to `join-room`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import now

from rooms.models import Category, Room, RoomState


def snapshot(room: Room, *, viewer_count: int) -> dict[str, Any]:
    """Return what everybody may know about `room`, camelCase, times in ISO 8601 UTC."""
    since = room.interrupted_since if room.state == RoomState.RECONNECTING else None
    until = since + timedelta(seconds=settings.GRACE_SECONDS) if since else None
    return {
        "roomId": room.room_id,
        "state": room.state,
        "title": room.title,
        "description": room.description,
        "category": _names(room.category),
        "viewerCount": None if room.hides_viewers else viewer_count,
        "liveSince": _time(room.live_since),
        "graceUntil": _time(until),
        "endReason": room.end_reason or None,
        "serverTime": _time(now()),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _names(category: Category | None) -> dict[str, Any] | None:
    """As in the event `room-updated`: readers have their own languages."""
    if category is None:
        return None
    return {"slug": category.slug, "names": {"vi": category.name_vi, "en": category.name_en}}
