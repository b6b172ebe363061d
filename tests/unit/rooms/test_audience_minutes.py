"""How many people watch, minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from rooms import selectors, services
from rooms.models import AudienceMinute, EndReason, Room, RoomState
from rooms.services import Note
from rooms.sketch import Sketch
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def live_room(**fields: Any) -> Room:
    return RoomFactory(state=RoomState.LIVE, **{"live_since": now(), **fields})


def note(room: Room, viewers: int) -> None:
    services.note_audience(
        room_id=room.room_id, note=Note(now(), viewers, 15.0, Sketch(), lately=viewers)
    )


def this_minute() -> datetime:
    return now().replace(second=0, microsecond=0)


def test_of_a_minute_the_most_is_kept() -> None:
    room = live_room()
    before = this_minute()

    for viewers in (3, 8, 5):
        note(room, viewers)

    kept = AudienceMinute.objects.filter(room=room)
    assert max(kept.values_list("viewers", flat=True)) == 8
    # The test may cross into the next minute.
    assert set(kept.values_list("minute", flat=True)) <= {before, this_minute()}


def test_minutes_without_anybody_have_no_row_and_are_shown_as_nobody() -> None:
    start = this_minute() - 3 * MINUTE
    room = live_room(live_since=start + timedelta(seconds=20))
    AudienceMinute.objects.create(room=room, minute=start + MINUTE, viewers=4)

    note(room, 0)

    assert AudienceMinute.objects.count() == 1
    assert selectors.viewers_by_minute(room)[:3] == [
        (start, 0),
        (start + MINUTE, 4),
        (start + 2 * MINUTE, 0),
    ]


def test_a_room_that_only_waits_has_none() -> None:
    room = RoomFactory()

    note(room, 3)

    assert not AudienceMinute.objects.exists()
    assert selectors.viewers_by_minute(room) == []


def test_of_a_stream_that_never_ended_a_week_is_shown() -> None:
    room = live_room(live_since=now() - timedelta(days=300))
    AudienceMinute.objects.create(room=room, minute=this_minute(), viewers=1)

    assert len(selectors.viewers_by_minute(room)) <= 7 * 24 * 60 + 1


def test_old_minutes_are_forgotten(settings: Any) -> None:
    settings.KEEP_AUDIENCE_DAYS = 30
    room = RoomFactory(state=RoomState.ENDED, ended_at=now(), end_reason=EndReason.OWNER)
    for days in (29, 31):
        AudienceMinute.objects.create(room=room, minute=now() - timedelta(days=days), viewers=days)

    assert services.forget_minutes(at=now()) == 1

    assert AudienceMinute.objects.get().viewers == 29


def test_they_may_be_kept_for_ever(settings: Any) -> None:
    settings.KEEP_AUDIENCE_DAYS = 0
    AudienceMinute.objects.create(
        room=RoomFactory(), minute=now() - timedelta(days=9999), viewers=1
    )

    assert services.forget_minutes(at=now()) == 0
