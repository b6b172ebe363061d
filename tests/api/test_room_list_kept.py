"""The list of rooms is kept for a moment: how fresh it is, at what cost, and made once for many."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from rooms import live_rooms, services
from rooms.models import EndReason, Room, RoomState
from tests.api.listing import ADDRESS, all_pages, on_air
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.servers.process import wait_until

pytestmark = pytest.mark.django_db


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
