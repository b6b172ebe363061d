"""How many people watched, as the studio and the API tell it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from rooms.models import EndReason, Room, RoomState
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db

WATCHED: dict[str, Any] = {"peak_viewers": 12, "unique_viewers": 40, "watched_seconds": 3 * 60 + 59}


@pytest.fixture
def ada(client: Client) -> User:
    """Whose browser `client` is."""
    user = UserFactory(username="ada")
    client.force_login(user)
    return user


def room_of(owner: User, state: str = RoomState.LIVE, **fields: Any) -> Room:
    over = {"ended_at": now(), "end_reason": EndReason.OWNER} if state == RoomState.ENDED else {}
    return RoomFactory(owner=owner, state=state, live_since=now(), **over, **fields)


@pytest.mark.parametrize("state", [RoomState.LIVE, RoomState.ENDED])
def test_the_studio_shows_it_during_and_after_the_stream(
    client: Client, ada: User, state: str
) -> None:
    room_of(ada, state, **WATCHED)

    page = client.get("/en/studio/").content.decode()

    assert re.findall(r'data-audience="(\w+)">\s*(\d+)', page) == [
        ("peak", "12"),
        ("unique", "40"),
        ("minutes", "3"),
    ]


def test_the_studio_says_nothing_of_it_before_anybody_came(client: Client, ada: User) -> None:
    room_of(ada)

    assert "data-audience" not in client.get("/en/studio/").content.decode()


def test_the_api_tells_the_owner(client: Client, ada: User) -> None:
    room = room_of(ada, RoomState.ENDED, **WATCHED)

    answer = client.get(f"/api/rooms/{room.room_id}/audience")

    assert answer.json() == {"peakViewers": 12, "uniqueViewers": 40, "minutesWatched": 3}


def test_the_api_tells_nobody_else(client: Client, ada: User) -> None:
    room = room_of(UserFactory(), **WATCHED)

    answers = [each.get(f"/api/rooms/{room.room_id}/audience") for each in (client, Client())]

    assert [answer.status_code for answer in answers] == [403, 401]
