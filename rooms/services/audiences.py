"""Keeping how many people watched a room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from rooms.models import Audience, Room, RoomState
from rooms.sketch import Sketch


@dataclass(frozen=True, slots=True)
class Note:
    """What one process saw of a room since it last noted something down."""

    since: datetime
    peak: int  # Viewers at once, over all processes.
    seconds: float  # That this process' share of them watched.
    people: Sketch


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
    return True


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
