"""Opening rooms over the API: with what, by whom, and one at a time."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rooms.models import Room
from tests.api.callers import JSON, signed_in
from tests.factories import CategoryFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


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
