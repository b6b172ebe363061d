"""What streams add to people's accounts (accounts.registry)."""

from __future__ import annotations

from typing import Any

from accounts import registry
from accounts.models import User
from rooms import selectors as rooms
from rooms.models import EndReason, Room
from streair.core.api.scopes import Scope
from streams import services
from streams.models import Broadcast, StreamKey


def register() -> None:
    """Tell accounts of us; StreamsConfig.ready() does."""
    registry.adds_to_own(_key, scope=Scope.STREAM_READ)
    registry.adds_to_own(_state, scope=Scope.PROFILE_READ)
    registry.reacts_to_leaving(_end_stream)
    registry.reacts_to_erasing(_forget_key)
    registry.adds_to_export("streams", _streams)


def _key(user: User) -> dict[str, Any]:
    return {"streamKey": services.key_of(user)}


def _state(user: User) -> dict[str, Any]:
    return {"isStreaming": Room.objects.on_air().owned_by(user.pk).exists()}


def _end_stream(user: User) -> None:
    room = rooms.open_room_of(user)
    if room is not None:
        reason = EndReason.OWNER if user.is_active else EndReason.ADMIN
        services.end_stream(room=room, reason=reason)


def _forget_key(user: User) -> None:
    StreamKey.objects.filter(owner=user).delete()


def _streams(user: User) -> list[dict[str, Any]]:
    fields = ("room__title", "started", "ended", "encoder", "width", "height", "fps")
    return list(Broadcast.objects.filter(room__owner=user).values(*fields))
