"""Held messages through the API: for whoever keeps order, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.models import HeldMessage, Message
from rooms.models import Room
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def hold(room: Room, text: str = "hmm") -> HeldMessage:
    return HeldMessage.objects.create(room=room, author=UserFactory(), text=text, word="hmm")


def owner_of(room: Room) -> Client:
    client = Client()
    client.force_login(room.owner)
    return client


def test_the_queue_is_told_the_oldest_first() -> None:
    room = RoomFactory()
    first, second = hold(room, "first"), hold(room, "second")
    hold(RoomFactory())

    told = owner_of(room).get(f"/api/rooms/{room.room_id}/held").json()

    assert [each["heldId"] for each in told] == [first.pk, second.pk]
    assert told[0] == {
        "roomId": room.room_id,
        "heldId": first.pk,
        "userId": first.author_id,
        "username": first.author.username,
        "displayName": first.author.username,
        "message": "first",
        "word": "hmm",
        "timestamp": first.held.isoformat(),
    }


@pytest.mark.parametrize("many", [1, 3])
def test_a_longer_queue_takes_no_more_questions(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    room = RoomFactory()
    client = owner_of(room)
    for _ in range(many):
        hold(room)

    with django_assert_num_queries(10):
        client.get(f"/api/rooms/{room.room_id}/held")


def test_a_decision_is_made_once() -> None:
    room = RoomFactory()
    held = hold(room)
    client = owner_of(room)
    path = f"/api/rooms/{room.room_id}/held/{held.pk}"

    first = client.post(path, {"approve": True}, content_type="application/json")
    second = client.post(path, {"approve": False}, content_type="application/json")

    assert first.status_code == 204
    assert (second.status_code, second.json()["code"]) == (409, "decided-already")
    assert Message.objects.get().text == "hmm"
    history = client.get(f"/api/rooms/{room.room_id}/messages").json()
    assert [each["message"] for each in history] == ["hmm"]


def test_what_waits_is_in_no_history() -> None:
    room = RoomFactory()
    hold(room)

    assert owner_of(room).get(f"/api/rooms/{room.room_id}/messages").json() == []


def test_a_decision_must_be_one() -> None:
    room = RoomFactory()
    held = hold(room)

    answer = owner_of(room).post(
        f"/api/rooms/{room.room_id}/held/{held.pk}", {}, content_type="application/json"
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["approve"])


def test_a_held_message_of_another_room_is_not_found() -> None:
    room, held = RoomFactory(), hold(RoomFactory())

    answer = owner_of(room).post(
        f"/api/rooms/{room.room_id}/held/{held.pk}",
        {"approve": True},
        content_type="application/json",
    )

    assert answer.status_code == 404
    assert not Message.objects.exists()
