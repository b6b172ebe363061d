"""A streamer's rooms over the API: which, in what order, in what pages, and at what cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from rooms.models import RoomState, Visibility
from tests.api.callers import signed_in
from tests.factories import CategoryFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


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
