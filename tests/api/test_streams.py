"""Whether somebody is on air, and one's own stream key."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from rooms.models import RoomState
from streams import services
from streams.keys import is_stream_key, new_stream_key
from streams.models import Publisher
from tests.factories import PublisherFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_anybody_may_ask_whether_a_room_is_on_air(client: Client) -> None:
    live, waiting = RoomFactory(state=RoomState.LIVE, live_since=now()), RoomFactory()

    answers = [client.get(f"/api/streams/check/{room.room_id}").json() for room in (live, waiting)]

    assert answers == [
        {"isLive": True, "roomId": live.room_id},
        {"isLive": False, "roomId": waiting.room_id},
    ]


def test_ones_own_key_may_be_asked_for() -> None:
    room = RoomFactory(state=RoomState.RECONNECTING, live_since=now(), interrupted_since=now())
    key = services.key_of(room.owner)

    answer = signed_in(room.owner).get(f"/api/streams/check/{key}")

    assert answer.json() == {"isLive": True, "streamKey": key}


def test_nobody_elses_key_is_known(client: Client) -> None:
    ada = UserFactory()
    key = services.key_of(ada)

    for caller in (client, signed_in(UserFactory()), signed_in(UserFactory(is_staff=True))):
        for name in (key, new_stream_key()):
            answer = caller.get(f"/api/streams/check/{name}")
            assert (answer.status_code, answer.json()["code"]) == (404, "room-not-found")
            assert key not in answer.content.decode()


def test_the_key_is_shown_to_its_owner_alone(client: Client) -> None:
    ada = UserFactory()

    shown = signed_in(ada).get("/api/users/me/stream-key")

    assert shown.json()["streamKey"] == services.key_of(ada)
    assert (shown.json()["rotatedAt"], shown.json()["lastUsedAt"]) == (None, None)
    assert "no-store" in shown["Cache-Control"]
    assert client.get("/api/users/me/stream-key").status_code == 401
    assert client.post("/api/users/me/stream-key").status_code == 401


def test_a_new_key_drops_whoever_uses_the_old_one() -> None:
    publisher = PublisherFactory()
    owner = publisher.room.owner
    old = services.key_of(owner)

    answer = signed_in(owner).post("/api/users/me/stream-key")

    new = answer.json()["streamKey"]
    assert is_stream_key(new)
    assert new != old
    assert new == services.key_of(owner)
    assert answer.json()["rotatedAt"] is not None
    assert not Publisher.objects.connected().exists()
