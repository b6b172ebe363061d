"""What rooms add to people's accounts (accounts.registry)."""

from __future__ import annotations

from typing import Any

from accounts import registry
from accounts.models import User
from rooms import bans, selectors, services
from rooms.models import Report, Room


def register() -> None:
    """Tell accounts of us; RoomsConfig.ready() does."""
    registry.adds_to_public(_figures)
    registry.guards_following(bans.check_following)
    registry.reacts_to_renaming(services.refresh_search_of_owner)
    registry.reacts_to_erasing(services.forget_person)
    registry.adds_to_export("rooms", _rooms)
    registry.adds_to_export("reports", _reports)


def _figures(user: User) -> dict[str, Any]:
    """Return what everybody may know of somebody's streams: those that are, or were, for everybody."""
    found = selectors.public_figures(user)
    return {
        "streamCount": found.streams,
        "lastLiveAt": found.last_live,
        "liveRoomId": found.live_room or None,
    }


def _rooms(user: User) -> list[dict[str, Any]]:
    texts = ("room_id", "title", "description", "category__slug", "tags", "visibility", "is_mature")
    times = ("created", "live_since", "ended_at", "end_reason")
    return list(Room.objects.owned_by(user.pk).order_by("pk").values(*texts, *times))


def _reports(user: User) -> list[dict[str, Any]]:
    fields = ("kind", "target_id", "reason", "text", "created", "handled")
    return list(Report.objects.filter(reporter=user).order_by("pk").values(*fields))
