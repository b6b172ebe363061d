"""Rooms over the API: showing, changing and ending one, and who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import AuditEntry, User
from rooms.api.serializers import RoomOut, StreamerOut
from rooms.api.shapes import room_shape
from rooms.models import EndReason, Room, RoomState, Visibility
from streams.models import Publisher
from tests.api.callers import JSON, signed_in
from tests.factories import CategoryFactory, PublisherFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_room_shows_its_last_picture_unless_that_is_not_for_everybody() -> None:
    room = RoomFactory(picture="rooms/ab/abcdef")
    unblurred = RoomFactory(picture="rooms/ab/abcdef", is_mature=True)

    shown = Client().get(f"/api/rooms/{room.room_id}").json()
    hidden = Client().get(f"/api/rooms/{unblurred.room_id}").json()

    assert shown["pictureUrl"] == "/media/rooms/ab/abcdef-1280.webp"
    assert shown["thumbnailUrl"] == "/media/rooms/ab/abcdef-560.webp"
    assert (hidden["pictureUrl"], hidden["thumbnailUrl"]) == (None, None)


def test_anybody_may_look_at_a_room(client: Client) -> None:
    room = RoomFactory(state=RoomState.LIVE, live_since=now())

    answer = client.get(f"/api/rooms/{room.room_id}")

    assert answer.status_code == 200
    assert (answer.json()["roomId"], answer.json()["isLive"]) == (room.room_id, True)


@pytest.mark.parametrize("room_id", ["nosuchroom", "a" * 300, "..", "%2e%2e", "%F0%9F%98%80"])
def test_unknown_rooms_are_not_found(client: Client, room_id: str) -> None:
    for method in ("get", "patch", "delete"):
        caller = client if method == "get" else signed_in()
        answer = getattr(caller, method)(f"/api/rooms/{room_id}", content_type=JSON)
        assert (answer.status_code, answer.json()["code"][-9:]) == (404, "not-found")


def test_nothing_secret_is_in_an_answer() -> None:
    key = "live-secret-session"
    publisher = PublisherFactory(
        session=key, room__password="pbkdf2_sha256$1$x$y", room__visibility=Visibility.PASSWORD
    )
    owner = publisher.room.owner

    text = signed_in(owner).get(f"/api/rooms/{publisher.room.room_id}").content.decode()

    assert key not in text
    assert "pbkdf2" not in text
    assert owner.email not in text


def test_the_shape_is_the_one_that_the_schema_describes() -> None:
    room = RoomFactory(category=CategoryFactory(), interrupted_since=now())

    shape = room_shape(room, 3)

    assert list(shape) == list(RoomOut().fields)
    assert list(shape["streamer"]) == list(StreamerOut().fields)
    assert shape["createdAt"].endswith("Z")


def test_the_owner_changes_what_is_given_and_nothing_else() -> None:
    room = RoomFactory(description="Old", tags=["old"], category=CategoryFactory())

    answer = signed_in(room.owner).patch(
        f"/api/rooms/{room.room_id}", {"title": " New ", "isMature": True}, JSON
    )

    assert answer.status_code == 200
    assert answer.json()["title"] == "New"
    fresh = Room.objects.get()
    assert (fresh.title, fresh.description, fresh.tags) == ("New", "Old", ["old"])
    assert (fresh.is_mature, fresh.category) == (True, room.category)


def test_a_category_is_taken_away_by_null() -> None:
    room = RoomFactory(category=CategoryFactory())

    signed_in(room.owner).patch(f"/api/rooms/{room.room_id}", {"category": None}, JSON)

    assert Room.objects.get().category is None


@pytest.mark.parametrize("is_staff", [False, True])
def test_nobody_else_changes_a_room(is_staff: bool) -> None:
    room = RoomFactory(title="Mine")
    client = signed_in(UserFactory(is_staff=is_staff))

    answer = client.patch(f"/api/rooms/{room.room_id}", {"title": "Yours"}, JSON)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert Room.objects.get().title == "Mine"


def test_a_deactivated_owner_changes_nothing() -> None:
    room = RoomFactory()
    client = signed_in(room.owner)
    User.objects.filter(pk=room.owner_id).update(is_active=False)

    answer = client.patch(f"/api/rooms/{room.room_id}", {"title": "Yours"}, JSON)

    assert answer.status_code == 401


def test_the_owner_ends_the_room_and_its_encoder_goes() -> None:
    publisher = PublisherFactory(room__state=RoomState.LIVE, room__live_since=now())
    room = publisher.room
    client = signed_in(room.owner)

    first = client.delete(f"/api/rooms/{room.room_id}")
    again = client.delete(f"/api/rooms/{room.room_id}", {"reason": "twice"}, JSON)

    assert first.status_code == again.status_code == 200
    assert list(first.json()) == ["message"]
    room.refresh_from_db()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.OWNER)
    assert not Publisher.objects.connected().exists()
    assert not AuditEntry.objects.exists()


def test_an_admin_ends_a_room_and_says_why() -> None:
    room, admin = RoomFactory(), UserFactory(is_staff=True)

    signed_in(admin).delete(f"/api/rooms/{room.room_id}", {"reason": "Against the rules."}, JSON)

    room.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert room.end_reason == EndReason.ADMIN
    assert (entry.action, entry.actor_id, entry.reason) == (
        "room.ended",
        admin.pk,
        "Against the rules.",
    )


def test_strangers_end_nothing(client: Client) -> None:
    room = RoomFactory()
    address = f"/api/rooms/{room.room_id}"

    assert client.delete(address).status_code == 401
    assert signed_in().delete(address).status_code == 403
    assert Room.objects.open().exists()
