"""Looking around: everything, categories, tags, search, and suggestions while somebody types."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from rooms import services, viewer_board
from rooms.models import Room, RoomState, Visibility
from rooms.search import search_key_of
from streair import browsing
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def live_room(**fields: Any) -> Room:
    since = fields.pop("live_since", now() - timedelta(minutes=12))
    room = RoomFactory(**{"state": RoomState.LIVE, "live_since": since, **fields})
    Room.objects.filter(pk=room.pk).update(search_key=search_key_of(room))
    return room


def over(**fields: Any) -> Room:
    return live_room(state=RoomState.ENDED, ended_at=now(), **fields)


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_category_shows_its_rooms_alone(client: Client) -> None:
    live_room(title="A concert", category=CategoryFactory(slug="chamber-music"))
    live_room(title="A match")

    text = text_of(client, "/categories/chamber-music/")

    assert "A concert" in text
    assert "A match" not in text
    assert client.get("/categories/none/").status_code == 404


def test_a_tag_has_one_address_and_shows_its_rooms(client: Client) -> None:
    room = services.open_room(owner=UserFactory(), title="Trận đấu", tags=["Cờ vua"])
    services.go_live(room.pk)
    live_room(title="A concert")

    text = text_of(client, "/tags/cờ-vua/")

    assert "Trận đấu" in text
    assert "A concert" not in text
    assert client.get("/tags/Cờ Vua/")["Location"] == "/tags/c%E1%BB%9D-vua/"
    assert client.get("/tags/!!!/").status_code == 404


@pytest.mark.parametrize(("sort", "first"), [("viewers", "Watched"), ("newest", "New")])
def test_a_list_is_ordered_as_asked(client: Client, sort: str, first: str) -> None:
    watched = live_room(title="Watched")
    live_room(title="New", live_since=now())
    viewer_board.post({watched.room_id: 9})

    text = text_of(client, f"/live/?sort={sort}")

    other = {"Watched": "New", "New": "Watched"}[first]
    assert text.index(f">{first}<") < text.index(f">{other}<")
    viewer_board.post({watched.room_id: 0})


@pytest.mark.parametrize("sort", ["viewers", "newest"])
def test_pages_follow_one_another_until_every_room_was_shown_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(browsing, "ON_A_PAGE", 2)
    rooms = [live_room(title=f"Room {number}") for number in range(5)]
    url, seen = f"/live/?sort={sort}", []

    while url:
        page = read(client.get(url))
        seen += [each["data-room-id"] for each in page.having("data-room-id")]
        more = page.having("data-more")
        url = f"/live/{more[0]['href']}" if more else ""

    assert sorted(seen) == sorted(room.room_id for room in rooms)


@pytest.mark.parametrize("after", ["x", "W10:abc:def"])
def test_a_made_up_place_in_a_list_is_its_beginning(client: Client, after: str) -> None:
    live_room(title="A concert")

    assert "A concert" in text_of(client, f"/live/?after={after}")


@pytest.mark.parametrize("query", ["tran dau", "TRẬN", "linh cooking", "Cờ vua"])
def test_a_search_finds_rooms_by_title_streamer_category_and_tag(
    client: Client, query: str
) -> None:
    live_room(
        title="Trận đấu",
        owner=UserFactory(username="linh"),
        category=CategoryFactory(name_en="Cooking"),
        tags=["cờ-vua"],
    )
    live_room(title="A concert")

    text = text_of(client, f"/search/?q={query}")

    assert "Trận đấu" in text
    assert "A concert" not in text


def test_a_search_finds_streamers_by_their_names_without_marks(client: Client) -> None:
    over(title="Something", owner=UserFactory(username="bep_ma_lan", display_name="Bếp Má Lan"))
    over(title="ma lan", owner=UserFactory(username="somebody"))

    page = read(client.get("/search/?q=ma+lan"))

    assert "/@bep_ma_lan/" in page.links
    people = [attrs["href"] for tag, attrs in page.tags if attrs.get("class") == "person"]
    assert people == ["/@bep_ma_lan/"]


def test_a_search_that_finds_nothing_says_so_and_keeps_what_was_typed(client: Client) -> None:
    answer = client.get("/search/?q=" + "x" * 5000)

    assert read(answer).values["q"] == "x" * 100
    assert "/live/" in read(answer).links


HIDDEN: list[dict[str, Any]] = [
    {"visibility": Visibility.UNLISTED},
    {"visibility": Visibility.PASSWORD, "password": "x"},
]


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("state", [RoomState.LIVE, RoomState.ENDED])
def test_what_is_not_for_everybody_is_nowhere(
    client: Client, hidden: dict[str, Any], state: RoomState
) -> None:
    category = CategoryFactory(slug="chess")
    more = {"ended_at": now()} if state == RoomState.ENDED else {}
    owner = UserFactory(username="quietone")
    room = live_room(
        title="Secretum",
        owner=owner,
        category=category,
        tags=["chess"],
        state=state,
        **more,
        **hidden,
    )

    for url in (
        *("/", "/live/", "/categories/chess/", "/tags/chess/"),
        *("/search/?q=secretum", "/search/?q=quietone", "/search/suggestions?q=quietone"),
        "/search/suggestions?q=secretum",
    ):
        text = text_of(client, url)
        assert room.room_id not in text
        assert "Secretum" not in text
        assert "/@quietone/" not in text


def test_suggestions_are_rooms_on_air_and_streamers(client: Client) -> None:
    linh = UserFactory(username="linh", display_name="Linh")
    room = live_room(title="Cá kho tộ", owner=linh)
    over(title="Cá hồi", owner=UserFactory(username="other"))

    found = client.get("/en/search/suggestions?q=linh").json()["suggestions"]

    assert found == [
        {"kind": "room", "text": "Cá kho tộ", "by": "Linh", "url": f"/en/rooms/{room.room_id}/"},
        {"kind": "person", "text": "Linh", "by": "@linh", "url": "/en/@linh/"},
    ]
    assert client.get("/search/suggestions?q=%20").json() == {"suggestions": []}


def test_who_asks_for_suggestions_all_the_time_is_slowed_down(client: Client) -> None:
    with time_machine.travel(
        now(), tick=False
    ):  # On a slow machine the limit's time would be over.
        answers = [
            client.get("/search/suggestions?q=") for _ in range(browsing.SUGGESTIONS.count + 1)
        ]

    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].has_header("Retry-After")


@pytest.mark.parametrize(
    "url", ["/live/", "/live/?sort=newest", "/search/?q=room", "/search/suggestions?q=room", "/"]
)
def test_more_rooms_cost_no_more_queries(client: Client, url: str) -> None:
    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    live_room(title="Room", category=CategoryFactory(), owner=UserFactory(username="room1"))
    over(title="Room", owner=UserFactory(username="room2"))
    with_one = queries()
    for number in range(3, 6):
        live_room(
            title="Room", category=CategoryFactory(), owner=UserFactory(username=f"room{number}")
        )

    assert queries() == with_one
