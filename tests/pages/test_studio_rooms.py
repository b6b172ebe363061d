"""The studio's form about a room: whom it lets in, tags, and that it is for adults."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from rooms.locks import is_password
from rooms.models import Room, RoomState, Visibility
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def studio_of(room: Room) -> Client:
    client = Client()
    client.force_login(room.owner)
    return client


def test_a_room_is_opened_behind_a_password(client: Client) -> None:
    client.force_login(UserFactory())

    client.post(
        "/studio/rooms/",
        {
            "title": "Ours",
            "tags": "#Cờ vua, blitz#đêm",
            "visibility": "password",
            "password": "open sesame",
            "is_mature": "on",
        },
    )

    room = Room.objects.get()
    assert room.tags == ["cờ-vua", "blitz", "đêm"]
    assert (room.visibility, room.is_mature) == (Visibility.PASSWORD, True)
    assert is_password("open sesame", room.password)


def test_a_password_is_asked_for_beside_its_field(client: Client) -> None:
    client.force_login(UserFactory())

    answer = client.post("/studio/rooms/", {"title": "Ours", "visibility": "password"})

    assert answer.status_code == 422
    assert [each["name"] for each in read(answer).having("aria-invalid")] == ["password"]


def test_the_form_shows_what_there_is_and_no_password() -> None:
    room = RoomFactory(tags=["cờ-vua", "blitz"], visibility=Visibility.PASSWORD, password="hash$")

    page = studio_of(room).get("/studio/")

    assert read(page).values["tags"] == "cờ-vua, blitz"
    assert read(page).values["password"] == ""
    assert "hash$" not in page.content.decode()
    assert {"value": "password", "selected": ""} in read(page).having("selected")


def test_an_empty_password_keeps_the_one_there_is() -> None:
    room = RoomFactory(visibility=Visibility.PASSWORD, password="hash$")
    form = {"title": "New", "visibility": "password", "password": ""}

    studio_of(room).post(f"/studio/rooms/{room.room_id}/change/", form)

    room.refresh_from_db()
    assert (room.title, room.password) == ("New", "hash$")


def test_a_form_that_does_not_say_who_may_watch_lets_nobody_in() -> None:
    room = RoomFactory(visibility=Visibility.PASSWORD, password="hash$")

    studio_of(room).post(f"/studio/rooms/{room.room_id}/change/", {"title": "New"})

    room.refresh_from_db()
    assert (room.title, room.visibility) == ("New", Visibility.PASSWORD)


def test_long_descriptions_from_windows_fit() -> None:
    room = RoomFactory()
    text = "\r\n".join("x" * 9 for _ in range(200))  # 1999 characters, and 199 more on the way.

    answer = studio_of(room).post(
        f"/studio/rooms/{room.room_id}/change/", {"title": "New", "description": text}
    )

    room.refresh_from_db()
    assert answer.status_code == 302
    assert len(room.description) == 1999


def test_the_next_room_starts_open_when_the_last_was_locked() -> None:
    room = RoomFactory(
        state=RoomState.ENDED, ended_at=now(), visibility=Visibility.PASSWORD, password="hash$"
    )

    page = read(studio_of(room).get("/studio/"))

    assert {"value": "password", "selected": ""} not in page.having("selected")
