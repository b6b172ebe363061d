"""The list of rooms: what is in it, in what order, and in what pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.timezone import now

from rooms import services
from rooms.models import RoomState, Visibility
from tests.api.listing import ADDRESS, all_pages, ids, on_air
from tests.factories import CategoryFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_rooms_on_air_come_first_and_rooms_that_are_over_or_private_never(client: Client) -> None:
    waiting = RoomFactory()
    away = on_air(1, RoomState.RECONNECTING)
    older, newer = on_air(90), on_air(2)
    RoomFactory(state=RoomState.ENDED, ended_at=now())
    on_air(visibility=Visibility.UNLISTED)
    on_air(visibility=Visibility.PASSWORD, password="x")

    expected = [newer, older, away, waiting]
    assert ids(client) == [room.room_id for room in expected]
    assert ids(client, live="true") == [room.room_id for room in expected[:3]]
    assert ids(client, live="false") == [waiting.room_id]


def test_rooms_are_picked_by_category_tag_and_words(client: Client) -> None:
    music = CategoryFactory(slug="chamber-music")
    owner = UserFactory(username="linh")
    room = services.open_room(owner=owner, title="Trận đấu", category=music, tags=["đàn"])
    services.go_live(room.pk)
    on_air()

    assert ids(client, category="chamber-music") == [room.room_id]
    assert ids(client, tag="dan") == ids(client, tag="#Đàn") == [room.room_id]
    assert ids(client, q="tran dau linh") == [room.room_id]
    assert ids(client, q="tran thua") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("live=maybe", "live"),
        ("category=no-such", "category"),
        ("category=" + "x" * 100, "category"),
        ("tag=c%2B%2B", "tag"),
        ("q=" + "x" * 101, "q"),
        ("sort=random", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=e30", "cursor"),  # {}
        ("cursor=WzEsMl0", "cursor"),  # [1,2]
        ("cursor=WzAsIjIwMjYtMTMtMDFUMDA6MDA6MDBaIiwxXQ", "cursor"),  # The 13th month.
        ("cursor=WzAsIjIwMjYtMDEtMDFUMDA6MDA6MDAiLDFd", "cursor"),  # Without a time zone.
        ("cursor=WzAsIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLDFd", "cursor"),  # In the year 1.
        ("sort=viewers&cursor=WyJ4IiwxLDJd", "cursor"),
        ("cursor=" + "%C3%A9" * 10, "cursor"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, query: str, name: str) -> None:
    answer = client.get(f"{ADDRESS}?{query}", headers={"accept-language": "en"})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize("sort", ["newest", "viewers"])
def test_pages_have_every_room_once(client: Client, sort: str, counts: Any) -> None:
    rooms = [on_air(n % 3) for n in range(5)] + [RoomFactory() for _ in range(4)]
    counts(**{rooms[3].room_id: 9, rooms[1].room_id: 2, rooms[7].room_id: 50})

    seen = all_pages(client, f"sort={sort}&limit=2")

    assert len(seen) == 9
    assert set(seen) == {room.room_id for room in rooms}
    assert seen == ids(client, sort=sort, limit=100)


def test_rooms_on_air_are_sorted_by_their_viewers(client: Client, counts: Any) -> None:
    quiet, busy, waiting = on_air(1), on_air(60), RoomFactory()
    counts(**{busy.room_id: 7, quiet.room_id: 1, waiting.room_id: 100})

    answer = client.get(ADDRESS, {"sort": "viewers"}).json()

    assert [room["roomId"] for room in answer] == [busy.room_id, quiet.room_id, waiting.room_id]
    assert [room["viewerCount"] for room in answer] == [7, 1, 100]


def test_pages_by_viewers_are_of_one_order_though_viewers_move(client: Client, counts: Any) -> None:
    rooms = [on_air(n) for n in range(4)]
    counts(**{room.room_id: 10 - n for n, room in enumerate(rooms)})
    first = client.get(f"{ADDRESS}?sort=viewers&limit=2")
    counts(**{room.room_id: 10 + n for n, room in enumerate(rooms)})

    second = client.get(first["Link"].partition("<http://testserver")[2].partition(">")[0])

    both = [room["roomId"] for room in [*first.json(), *second.json()]]
    assert both == [room.room_id for room in rooms]


def test_a_forgotten_order_is_gone_on_with_behind_the_last_room(
    client: Client, counts: Any
) -> None:
    rooms = [on_air(n) for n in range(4)]
    counts(**{room.room_id: 10 - n for n, room in enumerate(rooms)})
    first = client.get(f"{ADDRESS}?sort=viewers&limit=2")
    caches["pages"].clear()

    second = client.get(first["Link"].partition("<http://testserver")[2].partition(">")[0])

    assert [room["roomId"] for room in second.json()] == [room.room_id for room in rooms[2:]]
