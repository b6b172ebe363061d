"""Whom a reader follows: beside every page, on a page of its own, and first on the home page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from accounts.services import follow
from rooms import selectors, viewer_board
from rooms.models import Room, RoomState
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def live_room(owner: User, **fields: object) -> Room:
    since = now() - timedelta(minutes=3)
    return RoomFactory(owner=owner, state=RoomState.LIVE, live_since=since, **fields)


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


def followed_by(reader: User, name: str) -> User:
    person: User = UserFactory(username=name)
    follow(reader, person)
    return person


def rail_of(client: Client, path: str = "/account/") -> list[str]:
    """Return where the rail leads, without its heading."""
    text = client.get(path).content.decode()
    if '<aside class="rail"' not in text:
        return []
    part = text.split("data-rail", 1)[1].split("</aside>")[0]
    return [each.split('"')[0] for each in part.split('<a href="')[2:]]


def test_who_is_live_comes_first_the_most_viewed_before_others(client: Client, ada: User) -> None:
    followed_by(ada, "asleep")
    quiet, loud = (live_room(followed_by(ada, name)) for name in ("quiet", "loud"))
    viewer_board.post({quiet.room_id: 2, loud.room_id: 1234})
    client.force_login(ada)

    rail = rail_of(client)

    assert rail == [f"/rooms/{loud.room_id}/", f"/rooms/{quiet.room_id}/", "/@asleep/"]
    assert "1.234" in client.get("/account/").content.decode()
    assert "1,234" in client.get("/en/account/").content.decode()
    viewer_board.post({quiet.room_id: 0, loud.room_id: 0})


@pytest.mark.parametrize("hidden", [{"visibility": "unlisted"}, {"visibility": "password"}])
def test_a_stream_that_is_not_public_is_not_given_away(
    client: Client, ada: User, hidden: dict[str, object]
) -> None:
    room = live_room(followed_by(ada, "linh"), **hidden)
    client.force_login(ada)

    assert rail_of(client) == ["/@linh/"]
    assert room.room_id not in client.get("/following/").content.decode()


def test_the_page_shows_all_of_them_without_scripts(client: Client, ada: User) -> None:
    room = live_room(followed_by(ada, "linh"), title="Cá kho tộ")
    followed_by(ada, "asleep")
    UserFactory(username="stranger")
    client.force_login(ada)

    answer = client.get("/following/")

    page = read(answer)
    assert {f"/rooms/{room.room_id}/", "/@asleep/"} <= set(page.links)
    assert "Cá kho tộ" in answer.content.decode()
    assert "/@stranger/" not in page.links
    assert "no-store" in answer["Cache-Control"]


def test_who_left_is_on_no_list(client: Client, ada: User) -> None:
    gone = followed_by(ada, "gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client.force_login(ada)

    assert rail_of(client) == []
    assert "/@gone/" not in read(client.get("/following/")).links


def test_strangers_have_neither(client: Client) -> None:
    assert client.get("/following/")["Location"] == "/sign-in/?next=/following/"
    assert client.get("/following/rail")["Location"] == "/sign-in/?next=/following/rail"
    assert rail_of(client, "/") == []


def test_the_rail_by_itself_is_the_same_as_on_pages(client: Client, ada: User) -> None:
    live_room(followed_by(ada, "linh"))
    client.force_login(ada)

    assert rail_of(client, "/following/rail") == rail_of(client) != []
    [rail] = read(client.get("/following/rail")).having("data-rail")
    assert rail["data-rail"] == "linh"


def test_home_begins_with_them(client: Client, ada: User) -> None:
    live_room(UserFactory(), title="Somebody else's", is_featured=True)
    live_room(followed_by(ada, "linh"), title="A friend's")
    client.force_login(ada)

    main = client.get("/").content.decode().split("<main")[1]

    assert main.index("A friend&#x27;s") < main.index("Somebody else&#x27;s")


def test_following_more_people_costs_no_more_queries(client: Client, ada: User) -> None:
    client.force_login(ada)

    def queries() -> int:
        client.get("/following/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/following/").status_code == 200
        return len(captured)

    live_room(followed_by(ada, "first"))
    with_one = queries()
    for name in ("second", "third"):
        live_room(followed_by(ada, name))
        followed_by(ada, f"{name}-asleep")

    assert queries() == with_one


def test_who_follows_very_many_is_told_of_everybody(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MOST_FOLLOWED", 2)
    for name in ("a-first", "b-second", "c-third"):
        followed_by(ada, name)
    client.force_login(ada)

    [rail] = read(client.get("/following/rail")).having("data-rail")

    assert rail["data-rail"] == "*"
    assert rail_of(client) == ["/@c-third/", "/@b-second/"]
