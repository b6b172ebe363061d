"""A room as JSON, for lists of any length: plain dicts, since serializers take ten times as long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from rooms.listing import Found
from rooms.live_rooms import Page
from rooms.models import Category, Room


def room_shape(room: Room, viewers: int) -> dict[str, Any]:
    """Return what whoever may watch `room` may know about it; the same in every language."""
    category, owner = room.category, room.owner
    return {
        "id": room.pk,
        "roomId": room.room_id,
        "streamerId": room.owner_id,
        "streamerUsername": owner.username,
        "streamer": streamer_shape(owner),
        "title": room.title,
        "description": room.description,
        "category": category.name_en if category else None,
        "categorySlug": category.slug if category else None,
        "categoryNames": _names(category),
        "tags": room.tags,
        "visibility": room.visibility,
        "isMature": room.is_mature,
        "isFeatured": room.is_featured,
        "isLive": room.is_on_air,
        "state": room.state,
        "viewerCount": None if room.hides_viewers else viewers,
        "startedAt": _time(room.live_since),
        "graceUntil": _grace_until(room),
        "createdAt": _time(room.created),
        "endedAt": _time(room.ended_at),
        "endReason": room.end_reason or None,
        "pictureUrl": room.large_picture or None,
        "thumbnailUrl": room.card_picture or None,
    }


def streamer_shape(owner: User) -> dict[str, Any]:
    """Return whose room it is."""
    return {
        "id": owner.pk,
        "username": owner.username,
        "displayName": owner.shown_name,
        "avatarUrl": owner.avatar_url or None,
    }


def list_shape(found: Found) -> Page:
    """Return a page of a list as it goes over the wire."""
    rows = rooms_shape(found.rooms, found.viewers)
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return Page(body.encode(), found.after)


def rooms_shape(rooms: list[Room], viewers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return several rooms."""
    return [room_shape(room, viewers.get(room.room_id, 0)) for room in rooms]


def _names(category: Category | None) -> dict[str, str] | None:
    return {"vi": category.name_vi, "en": category.name_en} if category else None


def _grace_until(room: Room) -> str | None:
    since = room.interrupted_since
    return _time(since + timedelta(seconds=settings.GRACE_SECONDS)) if since else None


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
