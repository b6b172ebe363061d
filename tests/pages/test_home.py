"""Home: who is live, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from accounts.services import follow
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
    assert "4.321" in text
    assert "12\xa0phút" in text
    viewer_board.post({room.room_id: 0})


def test_rooms_that_wait_or_are_over_are_not_called_live(client: Client) -> None:
    RoomFactory(title="Not yet")
    RoomFactory(title="Long ago", state=RoomState.ENDED, ended_at=now() - timedelta(days=30))

    text = client.get("/").content.decode()

    assert "Not yet" not in text
    assert "Long ago" not in text


def test_addresses_of_earlier_days_lead_to_where_lists_are_now(client: Client) -> None:
    CategoryFactory(slug="chamber-music")

    for old, now_at in [
        ("/?category=chamber-music", "/categories/chamber-music/"),
        ("/en/?tag=C%E1%BB%9D+vua", "/en/tags/c%E1%BB%9D-vua/"),
        ("/?q=tran+dau&category=chamber-music", "/search/?q=tran+dau"),
    ]:
        assert client.get(old)["Location"] == now_at
    assert client.get("/?category=none").status_code == 200


def test_the_most_viewed_room_is_on_the_stage_and_once_on_the_page(client: Client) -> None:
    live_room(title="A match")
    most = live_room(title="A concert")
    viewer_board.post({most.room_id: 7})

    page = read(client.get("/"))

    [stage] = page.having("data-preview")
    assert stage["data-src"] == f"/api/stream-proxy/live/{most.room_id}.flv"
    assert page.links.count(f"/rooms/{most.room_id}/") == 2  # Its title and its button.
    viewer_board.post({most.room_id: 0})


def test_a_room_for_adults_or_interrupted_is_not_on_the_stage(client: Client) -> None:
    live_room(is_mature=True)
    RoomFactory(state=RoomState.RECONNECTING, live_since=now(), interrupted_since=now())

    assert read(client.get("/")).having("data-preview") == []


def test_a_member_sees_first_whom_they_follow(client: Client) -> None:
    ada, linh = UserFactory(username="ada"), UserFactory(username="linh")
    live_room(title="Somebody else")
    live_room(title="A friend", owner=linh)
    live_room(title="Hidden friend", owner=UserFactory(username="ben"), visibility="unlisted")
    for friend in ("linh", "ben"):
        follow(ada, User.objects.get(username=friend))

    stranger = read(client.get("/")).having("data-region")
    client.force_login(ada)
    text = client.get("/").content.decode()

    assert [each["data-region"] for each in stranger] == ["live"]
    followed = text[text.index('data-region="followed"') : text.index('data-region="live"')]
    assert "A friend" in followed
    assert "Somebody else" not in followed
    assert "Hidden friend" not in text


def test_categories_say_how_much_is_on_in_them(client: Client) -> None:
    category = CategoryFactory(slug="chess", name_en="Chess")
    for visibility in ("public", "public", "unlisted"):
        live_room(category=category, visibility=visibility)
    RoomFactory(category=category)

    text = client.get("/en/").content.decode()

    card = text[text.rindex('href="/en/categories/chess/"') :]
    assert "2 live" in card[: card.index("</a>")]


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
