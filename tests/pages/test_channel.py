"""A streamer's channel: on the air or away, and what was before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from rooms.models import EndReason, Room, RoomState
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def linh() -> User:
    return UserFactory(username="linh", display_name="Linh", bio="Nấu ăn mỗi tối")


def past_room(owner: User, title: str) -> Room:
    return RoomFactory(
        owner=owner,
        title=title,
        category=CategoryFactory(),
        state=RoomState.ENDED,
        live_since=now() - timedelta(days=1, hours=1),
        ended_at=now() - timedelta(days=1),
        end_reason=EndReason.OWNER,
    )


def test_who_is_away_has_a_face_and_past_streams(client: Client, linh: User) -> None:
    past_room(linh, "Tập 20")
    past_room(UserFactory(), "Of somebody else")

    text = client.get("/@linh/").content.decode()

    assert "Linh chưa phát trực tiếp" in text
    assert "Nấu ăn mỗi tối" in text
    assert "Tập 20" in text
    assert "Of somebody else" not in text


@pytest.mark.parametrize("state", [RoomState.WAITING, RoomState.LIVE, RoomState.RECONNECTING])
def test_the_open_room_is_one_step_away(client: Client, linh: User, state: RoomState) -> None:
    room = RoomFactory(owner=linh, state=state, live_since=now(), title="Tập 21")

    page = client.get("/@linh/")

    assert f"/rooms/{room.room_id}/" in read(page).links
    assert read(page).having("data-channel")[0]["data-room-id"] == room.room_id
    assert "Tập 21" in page.content.decode()


@pytest.mark.parametrize("url", ["/@LINH/", "/@linh", "/@Linh"])
def test_the_address_is_forgiving_but_one(client: Client, linh: User, url: str) -> None:
    answer = client.get(url, follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain[-1] == ("/@linh/", 301)


@pytest.mark.parametrize("username", ["nobody", "gone", "<script>", "%F0%9F%98%80"])
def test_nobodys_channel_is_not_found(client: Client, username: str) -> None:
    UserFactory(username="gone", is_active=False)

    assert client.get(f"/@{username}/").status_code == 404


def test_an_email_address_is_on_no_channel(client: Client, linh: User) -> None:
    client.force_login(linh)

    assert linh.email not in client.get("/@linh/").content.decode()


def test_more_past_streams_cost_no_more_queries(client: Client, linh: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/@linh/").status_code == 200
        return len(captured)

    past_room(linh, "one")
    with_one = queries()
    past_room(linh, "two")
    past_room(linh, "three")

    assert queries() == with_one
