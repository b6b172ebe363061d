"""What becomes of rooms when their owner has a new name, takes their data away, or goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts import registry
from accounts.services import change_profile
from rooms.models import Report, Room, RoomState
from rooms.services import open_room
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_new_shown_name_is_found_and_the_old_one_is_not() -> None:
    owner = UserFactory(username="linh", display_name="Cá Voi")
    open_room(owner=owner, title="A quiet evening")

    change_profile(owner, display_name="Đại Bàng")

    (room,) = Room.objects.all()
    assert "dai bang" in room.search_key
    assert "ca voi" not in room.search_key


def test_who_is_erased_leaves_titles_and_warnings_and_no_words_about_themselves() -> None:
    room = RoomFactory(title="Chess", description="Call me: 0123", tags=["hanoi"])
    report = Report.objects.create(
        reporter=room.owner, kind="user", target_id="troll", reason="spam", text="Look."
    )

    registry.erase(room.owner)

    room.refresh_from_db()
    report.refresh_from_db()
    assert (room.title, room.description, room.tags) == ("Chess", "", [])
    assert (report.reporter, report.text) == (None, "Look.")


def test_ones_rooms_and_reports_are_among_what_one_may_take_away() -> None:
    room = RoomFactory(title="Chess", password="pbkdf2$", visibility="password")
    Report.objects.create(reporter=room.owner, kind="user", target_id="troll", reason="spam")
    RoomFactory()

    found = registry.exported(room.owner)

    assert [row["title"] for row in found["rooms"]] == ["Chess"]
    assert [row["target_id"] for row in found["reports"]] == ["troll"]
    assert "pbkdf2" not in str(found)


def test_everybody_may_know_of_public_streams_and_of_no_others() -> None:
    owner = UserFactory()
    seen, hidden = now() - timedelta(hours=2), now() - timedelta(hours=1)
    past = {"owner": owner, "state": RoomState.ENDED, "ended_at": now()}
    RoomFactory(live_since=seen, **past)
    RoomFactory(live_since=hidden, visibility="unlisted", **past)
    RoomFactory(**past)  # Nothing was ever streamed into it.
    RoomFactory(owner=owner, state=RoomState.LIVE, live_since=now(), visibility="unlisted")

    fields = registry.public_fields(owner)

    assert fields == {"streamCount": 1, "lastLiveAt": seen.isoformat(), "liveRoomId": None}


def test_a_profile_leads_to_the_room_that_is_live() -> None:
    room = RoomFactory(state=RoomState.LIVE, live_since=now())

    assert registry.public_fields(room.owner)["liveRoomId"] == room.room_id
