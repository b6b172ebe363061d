"""The list of rooms: what is in it, in what order, in what pages, how fresh, and at what cost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from rooms import live_rooms, services, viewer_board
from rooms.models import EndReason, Room, RoomState, Visibility
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.servers.process import wait_until

pytestmark = pytest.mark.django_db

ADDRESS = "/api/rooms"


def on_air(minutes: float = 5, state: RoomState = RoomState.LIVE, **fields: Any) -> Room:
    return RoomFactory(state=state, live_since=now() - timedelta(minutes=minutes), **fields)


def ids(client: Client, **query: Any) -> list[str]:
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return [room["roomId"] for room in answer.json()]


def all_pages(client: Client, query: str) -> list[str]:
    seen, address = [], f"{ADDRESS}?{query}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        seen += [room["roomId"] for room in answer.json()]
        address = answer.get("Link", "").partition("<http://testserver")[2].partition(">")[0]
    return seen


@pytest.fixture
def counts() -> Any:
    """Say how many people watch; forgotten afterwards."""
    posted: dict[str, int] = {}

    def post(**numbers: int) -> None:
        posted.update(numbers)
        viewer_board.post(numbers)

    yield post
    viewer_board.post(dict.fromkeys(posted, 0))


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


@pytest.mark.parametrize("sort", ["newest", "viewers"])
def test_a_page_of_many_takes_two_queries_and_none_the_second_time(
    client: Client, sort: str, counts: Any
) -> None:
    owners = [UserFactory.create_batch(1)[0] for _ in range(120)]
    category = CategoryFactory()
    Room.objects.bulk_create(
        Room(owner=owner, title="Live", state=RoomState.LIVE, live_since=now(), category=category)
        for owner in owners
    )
    counts(**dict.fromkeys(Room.objects.values_list("room_id", flat=True)[:9], 3))

    with time_machine.travel(now(), tick=False):
        with CaptureQueriesContext(connection) as made:
            first = client.get(f"{ADDRESS}?sort={sort}&limit=50")
        with CaptureQueriesContext(connection) as kept:
            second = client.get(f"{ADDRESS}?sort={sort}&limit=50")

    assert len(first.json()) == 50
    assert first.content == second.content
    assert first["Link"] == second["Link"]
    assert (len(made) <= 2, len(kept)) == (True, 0)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_queries_do_not_grow_with_rooms(client: Client, count: int) -> None:
    for _ in range(count):
        on_air(category=CategoryFactory())

    for sort in ("newest", "viewers"):
        with CaptureQueriesContext(connection) as made:
            client.get(ADDRESS, {"sort": sort, "category": "gaming"})
        assert len(made) <= 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["open", "rename", "live", "away", "back", "hide", "end"])
def test_a_change_shows_at_once(client: Client, change: str) -> None:
    room = on_air(title="Before")
    changes: dict[str, Callable[[], object]] = {
        "open": lambda: services.open_room(owner=UserFactory(), title="New"),
        "rename": lambda: services.change_room(room=room, title="After"),
        "live": lambda: services.go_live(RoomFactory().pk),
        "away": lambda: services.interrupt(room.pk),
        "back": lambda: services.interrupt(room.pk) and services.fall_back_to_waiting(room.pk),
        "hide": lambda: services.change_room(room=room, visibility="unlisted"),
        "end": lambda: services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False),
    }
    before = client.get(ADDRESS).content

    changes[change]()

    assert client.get(ADDRESS).content != before


def test_what_nobody_told_of_shows_within_a_second(client: Client) -> None:
    room, moment = on_air(title="Before"), now()
    with time_machine.travel(moment, tick=False):
        client.get(ADDRESS)
        Room.objects.filter(pk=room.pk).update(title="After")
        assert client.get(ADDRESS).json()[0]["title"] == "Before"

    with time_machine.travel(moment + timedelta(seconds=0.9), tick=False):
        assert client.get(ADDRESS).json()[0]["title"] == "After"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_the_same_in_every_language(client: Client, language: str) -> None:
    on_air(category=CategoryFactory(name_vi="Nấu ăn", name_en="Cooking"))
    client.get(ADDRESS)

    room = client.get(ADDRESS, headers={"accept-language": language}).json()[0]

    assert room["category"] == "Cooking"
    assert room["categoryNames"] == {"vi": "Nấu ăn", "en": "Cooking"}


def test_a_dead_cache_costs_queries_only(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_rooms, "_kept", live_rooms._Kept())  # It rests afterwards.
    rooms = [on_air(n) for n in range(3)]
    settings.CACHES = {
        **settings.CACHES,
        "pages": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    }

    for sort in ("newest", "viewers"):
        assert all_pages(client, f"sort={sort}&limit=2") == [room.room_id for room in rooms]
    services.change_room(room=rooms[0], title="After")


def test_cached_pages_count_against_the_limit(client: Client, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS = 2

    answers = [client.get(ADDRESS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[1]["RateLimit-Remaining"] == "0"


def _is_in_a_flight(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None and frame.f_code.co_name != "join":
        frame = frame.f_back
    return frame is not None


def test_a_page_that_is_wanted_by_many_is_made_once() -> None:
    begun, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> live_rooms.Page:
        made.append(1)
        begun.set()
        go_on.wait(5)
        return live_rooms.Page(b"[]", None)

    pages: list[live_rooms.Page] = []
    threads = [
        threading.Thread(target=lambda: pages.append(live_rooms.cached("x", make)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    # None of them is still on its way to asking.
    wait_until(lambda: all(map(_is_in_a_flight, threads)), timeout=4, what="all to wait")
    go_on.set()
    for thread in threads:
        thread.join()

    assert len(pages) == 8
    assert len(made) == 1


def test_a_fault_is_everybodys_and_not_kept() -> None:
    def fail() -> live_rooms.Page:
        raise LookupError

    with pytest.raises(LookupError):
        live_rooms.cached("y", fail)

    assert live_rooms.cached("y", lambda: live_rooms.Page(b"[]", None)).body == b"[]"
