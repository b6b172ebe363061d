"""Home: who is live, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from rooms import services, viewer_board
from rooms.models import Room, RoomState
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def live_room(**fields: object) -> Room:
    since = now() - timedelta(minutes=12)
    return RoomFactory(state=RoomState.LIVE, live_since=since, **fields)


def queries(client: Client, url: str) -> int:
    client.get(url)  # Sessions and content types are looked up once.
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_rooms_on_air_are_cards_that_lead_to_them(client: Client) -> None:
    room = live_room(title="Cá kho tộ", owner=UserFactory(username="linh", display_name="Linh"))
    viewer_board.post({room.room_id: 4321})

    page = client.get("/")

    text = page.content.decode()
    assert f"/rooms/{room.room_id}/" in read(page).links
    assert "/@linh/" in read(page).links
    assert "Cá kho tộ" in text
    assert "4321" in text
    assert "12\xa0phút" in text
    viewer_board.post({room.room_id: 0})


def test_rooms_that_wait_or_are_over_are_not_called_live(client: Client) -> None:
    RoomFactory(title="Not yet")
    RoomFactory(title="Long ago", state=RoomState.ENDED, ended_at=now() - timedelta(days=30))

    text = client.get("/").content.decode()

    assert "Not yet" not in text
    assert "Long ago" not in text


def test_a_category_shows_its_rooms_alone(client: Client) -> None:
    live_room(title="A concert", category=CategoryFactory(slug="chamber-music"))
    live_room(title="A match")

    text = client.get("/?category=chamber-music").content.decode()

    assert "A concert" in text
    assert "A match" not in text


def test_rooms_are_searched_and_tagged_without_scripts(client: Client) -> None:
    room = services.open_room(owner=UserFactory(), title="Trận đấu", tags=["Cờ vua"])
    services.go_live(room.pk)
    live_room(title="A concert")

    for query in ("q=tran+dau", "tag=co-vua", "q=vua&tag=C%E1%BB%9D-vua", "q=tran&category="):
        text = client.get(f"/?{query}").content.decode()
        assert "Trận đấu" in text
        assert "A concert" not in text
    nothing = client.get("/?q=" + "x" * 5000)
    assert nothing.status_code == 200
    assert read(nothing).values["q"] == "x" * 100
    assert "A concert" not in nothing.content.decode()


def test_featured_rooms_come_first(client: Client) -> None:
    live_room(title="A concert")
    featured = live_room(title="A match")
    services.feature_room(room=featured, featured=True, by=UserFactory(is_staff=True))

    text = client.get("/").content.decode()

    assert text.index("A match") < text.index("A concert")


def test_an_empty_site_says_how_to_start(client: Client) -> None:
    assert "/en/studio/" in read(client.get("/en/")).links


def test_what_people_write_is_text(client: Client) -> None:
    live_room(title="<script>alert(1)</script>", owner=UserFactory(display_name='"><img src=x>'))

    text = client.get("/").content.decode()

    assert "<script>alert" not in text
    assert "<img src=x>" not in text


def test_more_rooms_cost_no_more_queries(client: Client) -> None:
    live_room(category=CategoryFactory())
    with_one = queries(client, "/")

    for _ in range(2):
        live_room(category=CategoryFactory())

    assert queries(client, "/") == with_one


def test_a_visitor_is_asked_to_join_and_a_member_is_not(client: Client) -> None:
    stranger = read(client.get("/"))
    client.force_login(UserFactory(username="ada"))
    member = read(client.get("/"))

    assert "/sign-up/" in stranger.links
    assert "/sign-up/" not in member.links
    assert "/@ada/" in member.links


@pytest.mark.parametrize("gone", [{"leaving_since": now()}, {"is_active": False}])
def test_rooms_of_who_is_gone_are_not_shown(client: Client, gone: dict[str, object]) -> None:
    ended = {"state": RoomState.ENDED, "live_since": now(), "ended_at": now()}
    RoomFactory(title="Still here", owner=UserFactory(), **ended)
    RoomFactory(title="Not any more", owner=UserFactory(username="gone", **gone), **ended)

    text = client.get("/").content.decode()

    assert "Still here" in text
    assert "Not any more" not in text
    assert "gone" not in read(client.get("/")).links
