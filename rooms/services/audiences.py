"""Keeping how many people watched a room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.timezone import now

from rooms.models import Audience, AudienceMinute, Room, RoomState
from rooms.sketch import Sketch
from streair.core.batches import delete_in_batches


@dataclass(frozen=True, slots=True)
class Note:
    """What one process saw of a room since it last noted something down."""

    since: datetime
    peak: int  # Viewers at once, over all processes.
    seconds: float  # That this process' share of them watched.
    people: Sketch
    lately: int = 0  # Viewers at once, at most, since the last note.


@transaction.atomic
def note_audience(*, room_id: str, note: Note) -> bool:
    """Add `note` to what is kept of a room; whether it was on air.

    What was before the stream, or after it, is not kept. The same people and the same peak may be
    noted again and again; the seconds may not.
    """
    over_since = Q(state=RoomState.ENDED, live_since__isnull=False, ended_at__gte=note.since)
    on_air = Q(state__in=[RoomState.LIVE, RoomState.RECONNECTING])
    room = Room.objects.filter(on_air | over_since, room_id=room_id).first()
    if room is None:
        return False
    people = _meet(room, note.people)
    Room.objects.filter(pk=room.pk).update(
        peak_viewers=Greatest(F("peak_viewers"), Value(note.peak)),
        unique_viewers=Greatest(F("unique_viewers"), Value(len(people))),
        watched_seconds=F("watched_seconds") + round(note.seconds),
    )
    if room.state != RoomState.ENDED:
        _note_minute(room, note.lately, at=now())
    return True


def forget_minutes(*, at: datetime) -> int:
    """Delete figures of minutes that nobody asks for any more; return how many."""
    if not settings.KEEP_AUDIENCE_DAYS:
        return 0
    old = at - timedelta(days=settings.KEEP_AUDIENCE_DAYS)
    return delete_in_batches(AudienceMinute.objects.filter(minute__lt=old))


def _note_minute(room: Room, viewers: int, *, at: datetime) -> None:
    """Keep the most of a minute. Processes take turns: they hold the row of the room's audience."""
    if not viewers:
        return
    minute = at.replace(second=0, microsecond=0)
    kept, is_new = AudienceMinute.objects.get_or_create(
        room=room, minute=minute, defaults={"viewers": viewers}
    )
    if not is_new and kept.viewers < viewers:
        AudienceMinute.objects.filter(pk=kept.pk).update(viewers=viewers)


def _meet(room: Room, people: Sketch) -> Sketch:
    """Add `people` to those who were in the room before; return all of them."""
    Audience.objects.get_or_create(room=room)
    # Processes take turns, so that none forgets what another added.
    kept = Audience.objects.select_for_update().get(room=room)
    before = Sketch(bytes(kept.sketch))
    everybody = before.merged(people)
    if bytes(everybody) != bytes(before):
        kept.sketch = bytes(everybody)
        kept.save(update_fields=["sketch"])
    return everybody
