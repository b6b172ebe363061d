"""What stands before a room: the gate of one for adults. (Passwords: tests/api/test_private_rooms.py.)"""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from rooms.models import Room, RoomState
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return RoomFactory(is_mature=True, state=RoomState.LIVE, live_since=now())


def test_a_room_for_adults_asks_once_and_loads_no_picture_before(
    client: Client, room: Room
) -> None:
    address = f"/en/rooms/{room.room_id}/"

    asked = client.get(address)
    consent = client.post(f"{address}mature/", follow=True)
    other = RoomFactory(is_mature=True)

    assert "data-player" not in asked.content.decode()
    assert "stream-proxy" not in asked.content.decode()
    assert consent.redirect_chain == [(address, 302)]
    assert "data-player" in consent.content.decode()
    assert "data-player" in client.get(f"/en/rooms/{other.room_id}/").content.decode()
    assert "no-store" in asked["Cache-Control"]


def test_the_answer_is_remembered_where_scripts_cannot_read_it(client: Client, room: Room) -> None:
    cookie = client.post(f"/en/rooms/{room.room_id}/mature/").cookies["mature"]

    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("1", True, "Lax")


def test_the_question_takes_a_form_of_our_own(room: Room) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"/en/rooms/{room.room_id}/mature/").status_code == 403


def test_a_link_to_the_answer_only_leads_to_the_room(client: Client, room: Room) -> None:
    answer = client.get(f"/en/rooms/{room.room_id}/mature/")

    assert answer.status_code == 302
    assert "mature" not in client.cookies


def test_the_owner_is_not_asked(room: Room) -> None:
    owner = Client()
    owner.force_login(room.owner)

    assert "data-player" in owner.get(f"/rooms/{room.room_id}/").content.decode()


def test_cards_and_the_api_say_that_it_is_for_adults(client: Client, room: Room) -> None:
    assert "18+" in client.get("/en/").content.decode()
    assert client.get(f"/api/rooms/{room.room_id}").json()["isMature"] is True
