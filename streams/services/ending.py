"""Ends: of a stream by somebody's will, of a grace, of a room that nobody uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from rooms import services as rooms
from rooms.models import EndReason, Room, RoomState
from rooms.permissions import can_end
from streair.core.errors import NotAllowed
from streams import selectors
from streams.models import Broadcast, Publisher
from streams.services.publishers import let_go


@transaction.atomic
def end_stream(
    *,
    room: Room,
    reason: EndReason,
    by: User | None = None,
    note: str = "",
    address: str | None = None,
) -> Room:
    """End the room and drop its encoder. Does nothing when it is over already.

    `by` is who asks, or None for the site itself; raises NotAllowed when they may not. Whoever ends
    somebody else's is written down, with what they say (`note`) and their address.
    """
    if by is not None and not can_end(by, room):
        raise NotAllowed(_("Only the streamer can end this stream."))
    was = Room.objects.values_list("state", flat=True).get(pk=room.pk)
    connected = list(Publisher.objects.connected().filter(room=room))
    away = Room.objects.filter(pk=room.pk, state=RoomState.RECONNECTING).exists()
    room = rooms.end_room(room=room, reason=reason, block_encoder=bool(connected) or away)
    for publisher in connected:
        let_go(publisher, Publisher.GoneReason.ROOM_ENDED, drop=True)
    finish(room)
    if by is not None and by.pk != room.owner_id and was != RoomState.ENDED:
        change: dict[str, Any] = {"before": {"state": was}, "after": {"state": room.state}}
        audit.record("room.ended", target=room, actor=by, reason=note, address=address, **change)
    return room


def finish(room: Room) -> None:
    """Close the broadcast of a room that is not on air any more."""
    reason = Broadcast.EndReason.PUBLISHER_LEFT if room.is_open else Broadcast.EndReason.ROOM_ENDED
    Broadcast.objects.filter(room=room, ended__isnull=True).update(
        ended=room.ended_at or room.waiting_since, end_reason=reason
    )


def expire_grace(*, at: datetime) -> int:
    """Let rooms fall back to waiting whose encoder stayed away too long; return how many."""
    late = at - timedelta(seconds=settings.GRACE_SECONDS)
    expired = Room.objects.filter(state=RoomState.RECONNECTING, interrupted_since__lte=late)
    return sum(_expire(room, late) for room in expired)


def end_idle(*, at: datetime) -> int:
    """End rooms in which nothing was streamed for too long; return how many."""
    idle = list(selectors.idle_rooms(since=at - timedelta(hours=settings.IDLE_HOURS)))
    for room in idle:
        end_stream(room=room, reason=EndReason.IDLE)
    return len(idle)


@transaction.atomic
def _expire(room: Room, late: datetime) -> bool:
    if not rooms.fall_back_to_waiting(room.pk, interrupted_before=late):
        return False
    room.refresh_from_db()
    finish(room)
    return True
