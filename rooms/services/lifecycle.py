"""The life of a room: waiting → live ⇄ reconnecting → waiting … → ended (DESIGN.md 3).

Every step is one conditional update: whoever comes late, twice or out of order changes
nothing and tells nobody. The steps take the room's primary key and answer whether they
changed anything, because hooks, the relay and the worker race to make them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from rooms import live_rooms
from rooms.events import StreamEnded, StreamInterrupted, StreamStarted, StreamStopped
from rooms.models import EndReason, Room, RoomState
from rooms.services.announcing import announce
from rooms.services.listing import lists_changed
from streair.core.realtime.events import publish

_LONGER_THAN_PAUSES = timedelta(minutes=16)


@transaction.atomic
def go_live(pk: int, *, at: datetime | None = None) -> bool:
    """Pictures arrive: the room is on air, or back on air. Changes nothing when it is, or is over."""
    rooms = Room.objects.filter(pk=pk)
    started = rooms.filter(state=RoomState.WAITING).update(
        state=RoomState.LIVE, live_since=at or now(), interrupted_since=None
    )
    resumed = rooms.filter(state=RoomState.RECONNECTING).update(
        state=RoomState.LIVE, interrupted_since=None
    )
    if not (started or resumed):
        return False
    room = rooms.select_related("owner").get()
    assert room.live_since is not None, "a live room knows since when"
    publish(room.group, StreamStarted(room_id=room.room_id, started_at=room.live_since))
    if started:
        announce(room, at=room.live_since)
    lists_changed(room)
    return True


@transaction.atomic
def interrupt(pk: int, *, at: datetime | None = None) -> bool:
    """The encoder is gone: the grace begins. Changes nothing unless the room is live."""
    since = at or now()
    rooms = Room.objects.filter(pk=pk)
    if not rooms.filter(state=RoomState.LIVE).update(
        state=RoomState.RECONNECTING, interrupted_since=since
    ):
        return False
    room = rooms.get()
    until = since + timedelta(seconds=settings.GRACE_SECONDS)
    publish(room.group, StreamInterrupted(room_id=room.room_id, grace_until=until))
    live_rooms.changed()
    return True


@transaction.atomic
def fall_back_to_waiting(pk: int, *, interrupted_before: datetime | None = None) -> bool:
    """The grace ran out: the room waits again. Changes nothing unless it is reconnecting.

    With `interrupted_before`, only if the interruption is that old: the encoder may have
    come back and gone again since the caller looked.
    """
    rooms = Room.objects.filter(pk=pk)
    late = rooms.filter(state=RoomState.RECONNECTING)
    if interrupted_before is not None:
        late = late.filter(interrupted_since__lte=interrupted_before)
    # It waits since the encoder went, not since the grace ran out.
    if not late.update(
        state=RoomState.WAITING, waiting_since=F("interrupted_since"), interrupted_since=None
    ):
        return False
    room = rooms.get()
    publish(room.group, StreamStopped(room_id=room.room_id))
    lists_changed(room)
    return True


def keep_encoder_away(owner_pk: int, *, at: datetime) -> None:
    """An encoder tried to come back by itself to a room that was ended: it may not for longer than it pauses.

    The pauses of OBS grow up to a quarter of an hour; whoever opens a room by hand is not concerned.
    """
    blocked = Room.objects.owned_by(owner_pk).filter(republish_from__gt=at)
    blocked.filter(republish_from__lt=at + _LONGER_THAN_PAUSES).update(
        republish_from=at + _LONGER_THAN_PAUSES
    )


@transaction.atomic
def end_room(*, room: Room, reason: EndReason, block_encoder: bool) -> Room:
    """End the room for good and tell its pages. Changes nothing when it is over already.

    `block_encoder`: an encoder is at it, or tries to come back by itself; for some minutes it
    may not open the next room by doing so.
    """
    ended = now()
    block = timedelta(minutes=settings.REPUBLISH_BLOCK_MINUTES)
    changed = (
        Room.objects.open()
        .filter(pk=room.pk)
        .update(
            state=RoomState.ENDED,
            ended_at=ended,
            end_reason=reason,
            interrupted_since=None,
            republish_from=ended + block if block_encoder else None,
        )
    )
    room.refresh_from_db()
    if changed:
        publish(room.group, StreamEnded(room_id=room.room_id, reason=reason))
        lists_changed(room)
    return room
