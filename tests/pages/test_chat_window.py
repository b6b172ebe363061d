"""The chat in a window of its own: for whoever may see the room, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Moderator, Restriction, Scope
from rooms.locks import cookie_name, ticket_for
from rooms.models import Room
from tests.factories import RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def locked() -> Room:
    return RoomFactory(visibility="password", password="x", title="Nobody reads this")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_the_chat_and_a_way_to_the_room(client: Client) -> None:
    room = RoomFactory(title="A quiet evening")

    answer = client.get(f"/rooms/{room.room_id}/chat/")

    page = read(answer)
    assert answer.status_code == 200
    assert [each["data-room-id"] for each in page.having("data-chat")] == [room.room_id]
    assert f"/rooms/{room.room_id}/" in page.links
    assert page.having("data-player") == []
    assert page.having("data-chat-pop-out") == [], "it is out already"
    # Whoever signs in comes back to it.
    assert f"/sign-in/?next=/rooms/{room.room_id}/chat/" in page.links


def test_the_rooms_page_leads_there(client: Client) -> None:
    room = RoomFactory()

    page = read(client.get(f"/en/rooms/{room.room_id}/"))

    assert f"/en/rooms/{room.room_id}/chat/" in page.links


def test_who_keeps_order_has_the_means_here_as_well() -> None:
    room = RoomFactory()

    page = read(signed_in(room.owner).get(f"/rooms/{room.room_id}/chat/"))

    assert len(page.having("data-chat-settings")) == 1
    assert len(page.having("data-chat-card")) == 1


def test_a_stranger_to_a_locked_room_is_sent_to_its_door(client: Client, locked: Room) -> None:
    for person in (client, signed_in(UserFactory())):
        answer = person.get(f"/rooms/{locked.room_id}/chat/")

        assert (answer.status_code, answer["Location"]) == (302, f"/rooms/{locked.room_id}/")
        assert "Nobody reads this" not in answer.content.decode()


def test_a_ticket_the_owner_and_moderators_get_into_a_locked_room(
    client: Client, locked: Room
) -> None:
    moderator = UserFactory()
    Moderator.objects.create(owner=locked.owner, user=moderator)
    client.cookies[cookie_name(locked.room_id)] = ticket_for(locked.lock)

    for person in (client, signed_in(locked.owner), signed_in(moderator)):
        answer = person.get(f"/rooms/{locked.room_id}/chat/")

        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"


def test_a_room_for_adults_asks_first(client: Client) -> None:
    room = RoomFactory(is_mature=True)
    path = f"/rooms/{room.room_id}/chat/"

    assert client.get(path).status_code == 302
    client.post(f"/rooms/{room.room_id}/mature/")
    assert client.get(path).status_code == 200


def test_the_banned_stay_out_and_an_unknown_room_is_none(client: Client) -> None:
    room, eve = RoomFactory(), UserFactory()
    Restriction.objects.create(owner=room.owner, user=eve, scope=Scope.ROOM)

    answer = signed_in(eve).get(f"/rooms/{room.room_id}/chat/")

    assert answer.status_code == 403
    assert read(answer).having("data-chat") == []
    assert client.get("/rooms/unknown/chat/").status_code == 404
