"""The life of a room, step by step, repeated and out of order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils.timezone import now

from accounts.models import AuditEntry
from rooms import services
from rooms.models import EndReason, Room, RoomState
from streair.core.errors import Conflict, Invalid
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.published import Published, published

pytestmark = pytest.mark.django_db


def in_room(room: Room, events: Published) -> Published:
    """Return what was told to those who have the room open."""
    return [event for event in events if event[0] == room.group]


def fresh(room: Room) -> Room:
    return Room.objects.get(pk=room.pk)


def live_room(live_since: datetime | None = None) -> Room:
    return RoomFactory(state=RoomState.LIVE, live_since=live_since or now())


def test_a_new_room_waits() -> None:
    owner = UserFactory()

    room = services.open_room(owner=owner, title="  My   first  stream ")

    assert (room.title, room.state, room.owner) == ("My first stream", RoomState.WAITING, owner)


def test_a_second_open_room_is_a_conflict_that_names_the_first() -> None:
    first = RoomFactory()

    with pytest.raises(Conflict) as caught:
        services.open_room(owner=first.owner, title="Another")

    assert caught.value.code == "room-open-already"
    assert caught.value.errors == {"roomId": [first.room_id]}
    assert Room.objects.get() == first


def test_an_ended_room_is_no_conflict() -> None:
    ended = RoomFactory(state=RoomState.ENDED, ended_at=now())

    services.open_room(owner=ended.owner, title="Another")

    assert Room.objects.open().get().owner == ended.owner


@pytest.mark.parametrize(
    ("title", "description", "field"),
    [
        ("   ", "", "title"),
        ("\u202e\u200b", "", "title"),
        ("x" * 141, "", "title"),
        ("Fine", "x" * 2001, "description"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(title: str, description: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.open_room(owner=UserFactory(), title=title, description=description)

    assert list(caught.value.errors) == [field]
    assert not Room.objects.exists()


def test_a_room_like_the_last_repeats_title_and_category() -> None:
    last = RoomFactory(
        title="Chess", category=CategoryFactory(), state=RoomState.ENDED, ended_at=now()
    )

    room = services.open_room_like_last(owner=last.owner)

    assert (room.title, room.category) == ("Chess", last.category)


def test_a_room_like_the_last_has_a_title_even_when_it_is_the_first() -> None:
    owner = UserFactory(display_name="Thủy")

    assert "Thủy" in services.open_room_like_last(owner=owner).title


def test_a_change_is_told_to_the_room() -> None:
    room, category = RoomFactory(), CategoryFactory(slug="origami")

    with published() as events:
        services.change_room(room=room, title="New", description="More", category=category)

    told = {
        "roomId": room.room_id,
        "title": "New",
        "description": "More",
        "category": {"slug": "origami", "names": {"vi": category.name_vi, "en": category.name_en}},
        "tags": [],
        "isMature": False,
        "hidesViewers": False,
        "modes": None,
    }
    assert events == [(room.group, "room-updated", told)]
    assert fresh(room).title == "New"


def test_going_live_is_told_once() -> None:
    room, at = RoomFactory(), now()

    with published() as events:
        changes = [services.go_live(room.pk, at=at), services.go_live(room.pk)]

    assert changes == [True, False]
    assert (fresh(room).state, fresh(room).live_since) == (RoomState.LIVE, at)
    told = {"roomId": room.room_id, "startedAt": at.isoformat()}
    assert in_room(room, events) == [(room.group, "stream-started", told)]


def test_an_interruption_starts_the_grace_and_a_return_keeps_the_start() -> None:
    start, lost = now() - timedelta(minutes=5), now()
    room = live_room(live_since=start)

    with published() as events:
        services.interrupt(room.pk, at=lost)
        between = fresh(room)
        services.go_live(room.pk)

    assert (between.state, between.interrupted_since) == (RoomState.RECONNECTING, lost)
    until = (lost + timedelta(seconds=settings.GRACE_SECONDS)).isoformat()
    assert in_room(room, events) == [
        (room.group, "stream-interrupted", {"roomId": room.room_id, "graceUntil": until}),
        (
            room.group,
            "stream-started",
            {"roomId": room.room_id, "startedAt": start.isoformat()},
        ),
    ]
    assert (fresh(room).state, fresh(room).interrupted_since) == (RoomState.LIVE, None)
    assert fresh(room).live_since == start


def test_a_grace_that_ran_out_falls_back_to_waiting() -> None:
    room = live_room()
    services.interrupt(room.pk)

    with published() as events:
        changes = [services.fall_back_to_waiting(room.pk) for _ in range(2)]

    assert changes == [True, False]
    assert fresh(room).state == RoomState.WAITING
    assert in_room(room, events) == [(room.group, "stream-stopped", {"roomId": room.room_id})]


def test_a_newer_interruption_keeps_its_whole_grace() -> None:
    room = live_room()
    services.interrupt(room.pk, at=now())

    changed = services.fall_back_to_waiting(
        room.pk, interrupted_before=now() - timedelta(seconds=90)
    )

    assert not changed
    assert fresh(room).state == RoomState.RECONNECTING


def test_steps_out_of_order_change_nothing() -> None:
    waiting, live = RoomFactory(), live_room()

    with published() as events:
        assert not services.interrupt(waiting.pk)
        assert not services.fall_back_to_waiting(waiting.pk)
        assert not services.fall_back_to_waiting(live.pk)

    assert events == []
    assert (fresh(waiting).state, fresh(live).state) == (RoomState.WAITING, RoomState.LIVE)


def test_an_end_is_told_once_with_its_first_reason() -> None:
    room = live_room()

    with published() as events:
        services.end_room(room=room, reason=EndReason.OWNER, block_encoder=True)
        services.end_room(room=room, reason=EndReason.IDLE, block_encoder=False)

    ended = fresh(room)
    assert (ended.state, ended.end_reason) == (RoomState.ENDED, EndReason.OWNER)
    assert ended.ended_at is not None
    assert ended.republish_from == ended.ended_at + timedelta(minutes=5)
    assert in_room(room, events) == [
        (room.group, "stream-ended", {"roomId": room.room_id, "reason": "owner"})
    ]


def test_an_ended_room_never_comes_back() -> None:
    room = RoomFactory(state=RoomState.ENDED, ended_at=now())

    with published() as events:
        assert not services.go_live(room.pk)
        assert not services.interrupt(room.pk)
        assert not services.fall_back_to_waiting(room.pk)

    assert events == []


def test_a_room_is_featured_once_and_that_is_written_down() -> None:
    room, admin = RoomFactory(), UserFactory(is_staff=True)

    for featured in (True, True, False):
        room = services.feature_room(room=room, featured=featured, by=admin)

    entries = AuditEntry.objects.filter(action="room.featured").order_by("pk")
    assert [entry.after for entry in entries] == [{"featured": True}, {"featured": False}]
    assert not room.is_featured


def test_two_changes_at_once_keep_each_others_words() -> None:
    seen_by_both = RoomFactory(description="Old")

    services.change_room(room=seen_by_both, title="New title")
    services.change_room(room=seen_by_both, description="New words")

    room = fresh(seen_by_both)
    assert (room.title, room.description) == ("New title", "New words")


def test_a_refused_change_changes_nothing() -> None:
    room = RoomFactory(title="Old", visibility="unlisted")

    with pytest.raises(Invalid) as caught:
        services.change_room(room=room, title="New", visibility="password", tags=["c++"])

    assert sorted(caught.value.errors) == ["password", "tags"]
    assert (fresh(room).title, fresh(room).visibility) == ("Old", "unlisted")


def test_what_a_new_lock_keeps_out_hears_nothing_of_the_change() -> None:
    room = RoomFactory()

    with published() as events:
        services.change_room(room=room, visibility="password", password="sesame", title="Secret")
        services.change_room(room=room, title="More secret")

    assert [(group, data["title"]) for group, _name, data in events] == [
        (room.owner_group, "Secret"),
        (room.group, "More secret"),
    ]
