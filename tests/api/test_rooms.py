"""Rooms over the API: opening, showing, changing and ending one, and who may."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from accounts.models import AuditEntry, User
from rooms.api.serializers import RoomOut, StreamerOut
from rooms.api.shapes import room_shape
from rooms.models import EndReason, Room, RoomState, Visibility
from streams.models import Publisher
from tests.factories import CategoryFactory, PublisherFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db

JSON = "application/json"


def signed_in(user: User | None = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user or UserFactory())
    return client


def test_a_room_is_opened_with_the_fields_of_the_seed() -> None:
    ada = UserFactory(username="ada", display_name="Ada")

    answer = signed_in(ada).post(
        "/api/rooms",
        {"title": "Gaming Stream", "description": "Playing", "category": "Gaming"},
        JSON,
    )

    room = Room.objects.get()
    body = answer.json()
    assert answer.status_code == 201
    assert {key: body[key] for key in ("id", "roomId", "streamerId", "title")} == {
        "id": room.pk,
        "roomId": room.room_id,
        "streamerId": ada.pk,
        "title": "Gaming Stream",
    }
    assert body["category"] == "Gaming"
    assert (body["isLive"], body["viewerCount"], body["startedAt"]) == (False, 0, None)
    assert body["streamer"] == {
        "id": ada.pk,
        "username": "ada",
        "displayName": "Ada",
        "avatarUrl": None,
    }
    assert (body["state"], body["visibility"], body["isMature"]) == ("waiting", "public", False)
    assert (body["pictureUrl"], body["thumbnailUrl"]) == (None, None)


def test_a_room_shows_its_last_picture_unless_that_is_not_for_everybody() -> None:
    room = RoomFactory(picture="rooms/ab/abcdef")
    unblurred = RoomFactory(picture="rooms/ab/abcdef", is_mature=True)

    shown = Client().get(f"/api/rooms/{room.room_id}").json()
    hidden = Client().get(f"/api/rooms/{unblurred.room_id}").json()

    assert shown["pictureUrl"] == "/media/rooms/ab/abcdef-1280.webp"
    assert shown["thumbnailUrl"] == "/media/rooms/ab/abcdef-560.webp"
    assert (hidden["pictureUrl"], hidden["thumbnailUrl"]) == (None, None)


@pytest.mark.parametrize("name", ["cooking", "Nấu ăn", "nau an", "COOKING AT HOME"])
def test_a_category_is_given_by_its_slug_or_its_name(name: str) -> None:
    category = CategoryFactory(slug="cooking", name_vi="Nấu ăn", name_en="Cooking at home")

    answer = signed_in().post("/api/rooms", {"title": "Phở", "category": name}, JSON)

    assert answer.json()["categorySlug"] == "cooking"
    assert Room.objects.get().category == category


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"title": {"a": 1}}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "bell\x07"}, "title"),
        ({"title": "half \ud83d"}, "title"),
        ({"title": "\u202e\u2066"}, "title"),
        ({"title": "ok", "description": "x" * 2001}, "description"),
        ({"title": "ok", "description": "\x1b[2J"}, "description"),
        ({"title": "ok", "category": "no such"}, "category"),
        ({"title": "ok", "visibility": "secret"}, "visibility"),
        ({"title": "ok", "visibility": "password"}, "password"),
        ({"title": "ok", "visibility": "password", "password": "abc"}, "password"),
        ({"title": "ok", "isMature": "perhaps"}, "isMature"),
        ({"title": "ok", "tags": ["a", "b", "c", "d", "e", "f"]}, "tags"),
        ({"title": "ok", "tags": ["c++"]}, "tags"),
        ({"title": "ok", "tags": "one"}, "tags"),
    ],
)
def test_what_cannot_be_used_is_named(given: dict[str, Any], field: str) -> None:
    answer = signed_in().post("/api/rooms", given, JSON)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert list(answer.json()["errors"]) == [field]
    assert not Room.objects.exists()


@pytest.mark.parametrize("body", [[], [1], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    answer = signed_in().post("/api/rooms", json.dumps(body), JSON)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "title", ["🎮 Đêm game 👩\u200d🚀", "مرحبا بالعالم", "Ｗｉｄｅ", "x" * 140]
)
def test_titles_of_all_languages_are_kept(title: str) -> None:
    answer = signed_in().post("/api/rooms", {"title": title}, JSON)

    assert answer.status_code == 201
    assert answer.json()["title"] == Room.objects.get().title == title


def test_tags_are_made_alike() -> None:
    given = ["#Trận Đấu", "trận_đấu", "tran dau", "blitz", " "]

    answer = signed_in().post("/api/rooms", {"title": "ok", "tags": given}, JSON)

    assert answer.json()["tags"] == ["trận-đấu", "blitz"]


def test_a_second_room_is_a_conflict_that_names_the_first() -> None:
    first = RoomFactory()

    answer = signed_in(first.owner).post("/api/rooms", {"title": "Another"}, JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "room-open-already"
    assert answer.json()["errors"] == {"roomId": [first.room_id]}


@pytest.mark.django_db(transaction=True)
def test_of_rooms_that_are_opened_at_once_one_wins() -> None:
    clients = [signed_in(ada) for ada in [UserFactory()] for _ in range(6)]
    gate, answers = threading.Barrier(len(clients)), []

    def ask(client: Client) -> None:
        gate.wait()
        answers.append(client.post("/api/rooms", {"title": "Mine"}, JSON).status_code)
        connection.close()

    threads = [threading.Thread(target=ask, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [201] + [409] * 5
    assert Room.objects.count() == 1


def test_strangers_must_sign_in_to_open_a_room(client: Client) -> None:
    answer = client.post("/api/rooms", {"title": "Mine"}, JSON)

    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-first")


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


def test_a_streamers_rooms_are_shown_the_latest_first(client: Client) -> None:
    ada = UserFactory(username="ada")
    over = [RoomFactory(owner=ada, state=RoomState.ENDED, ended_at=now()) for _ in range(3)]
    RoomFactory(owner=ada, state=RoomState.ENDED, ended_at=now(), visibility=Visibility.UNLISTED)
    open_room = RoomFactory(owner=ada, visibility=Visibility.PASSWORD, password="x")
    RoomFactory()

    strangers = client.get("/api/users/ADA/rooms").json()
    own = signed_in(ada).get("/api/users/ada/rooms").json()

    public = [room.room_id for room in reversed(over)]
    assert [room["roomId"] for room in strangers] == public
    assert len(own) == 5
    assert own[0]["roomId"] == open_room.room_id


def test_a_streamers_rooms_come_in_pages(client: Client) -> None:
    ada = UserFactory(username="ada")
    rooms = [RoomFactory(owner=ada, state=RoomState.ENDED, ended_at=now()) for _ in range(5)]

    seen, address = [], "/api/users/ada/rooms?limit=2"
    while address:
        answer = client.get(address)
        seen += [room["roomId"] for room in answer.json()]
        link = answer.get("Link", "")
        address = link.partition("<http://testserver")[2].partition(">")[0]

    assert seen == [room.room_id for room in reversed(rooms)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_streamers_rooms_take_two_queries(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    ada = UserFactory(username="ada")
    for _ in range(count):
        RoomFactory(owner=ada, state=RoomState.ENDED, ended_at=now(), category=CategoryFactory())

    with django_assert_num_queries(2):
        client.get("/api/users/ada/rooms")


def test_rooms_of_nobody_are_not_found(client: Client) -> None:
    answer = client.get("/api/users/nobody/rooms")

    assert (answer.status_code, answer.json()["code"]) == (404, "user-not-found")


def test_made_up_cursors_are_refused(client: Client) -> None:
    UserFactory(username="ada")

    # The lists "x"; 0; ten to the thirtieth; one and two. And what is none.
    for cursor in ("WyJ4Il0", "WzBd", "WzFlMzBd", "WzEsMl0", "x"):
        answer = client.get(f"/api/users/ada/rooms?cursor={cursor}")
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["cursor"])
