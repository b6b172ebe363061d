"""Messages over HTTP: the same as sockets hear, for whoever may watch."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.models import Message, MessageState, Restriction
from rooms.models import Room
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.published import published

pytestmark = pytest.mark.django_db


def address(room: Room, message_id: int | str = "") -> str:
    base = f"/api/rooms/{room.room_id}/messages"
    return f"{base}/{message_id}" if message_id != "" else base


def test_messages_are_told_as_sockets_hear_them(client: Client) -> None:
    room, ada = RoomFactory(), UserFactory(username="ada", display_name="Ada")
    asked = MessageFactory(room=room, author=ada, text="one")
    message = MessageFactory(room=room, author=room.owner, role="owner", text="two", reply_to=asked)
    MessageFactory(room=room, state=MessageState.DELETED)

    answer = client.get(address(room))

    assert answer.status_code == 200
    assert [each["message"] for each in answer.json()] == ["one", "two"]
    assert answer.json()[1] == {
        "id": message.pk,
        "roomId": room.room_id,
        "userId": room.owner_id,
        "username": room.owner.username,
        "displayName": room.owner.shown_name,
        "role": "owner",
        "message": "two",
        "timestamp": message.sent.isoformat(),
        "replyTo": {
            "id": asked.pk,
            "userId": ada.pk,
            "username": "ada",
            "displayName": "Ada",
            "message": "one",
        },
    }


def test_one_reads_on_in_either_direction(client: Client) -> None:
    room = RoomFactory()
    ids = [MessageFactory(room=room).pk for _ in range(5)]

    def read(query: str) -> tuple[list[int], str]:
        answer = client.get(f"{address(room)}?{query}")
        return [each["id"] for each in answer.json()], answer.headers.get("Link", "")

    newest, link = read("limit=2")
    assert newest == ids[3:]
    assert f'messages?limit=2&before={ids[3]}>; rel="next"' in link
    assert read(f"limit=2&before={ids[3]}")[0] == ids[1:3]
    after, link = read(f"limit=2&after={ids[0]}")
    assert after == ids[1:3]
    assert f"after={ids[2]}" in link
    assert read(f"limit=2&before={ids[1]}") == ([ids[0]], "")


@pytest.mark.parametrize(
    "query", ["before=x", "after=-1", "before=²", f"after={10**30}", "limit=0"]
)
def test_what_is_no_id_is_invalid(client: Client, query: str) -> None:
    answer = client.get(f"{address(RoomFactory())}?{query}")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_no_room_has_no_messages(client: Client) -> None:
    assert client.get("/api/rooms/nobodyshome/messages").status_code == 404


def test_fifty_messages_cost_no_more_queries_than_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    room = RoomFactory()
    for count in (1, 5):
        for _ in range(count):
            MessageFactory(room=room)
        with django_assert_num_queries(2):
            client.get(address(room))


def test_who_is_banned_from_the_room_reads_nothing(client: Client) -> None:
    message = MessageFactory(text="secret")
    ada, bob = UserFactory(), UserFactory()
    Restriction.objects.create(owner=message.room.owner, user=ada, scope="room")
    Restriction.objects.create(owner=message.room.owner, user=bob, scope="chat")

    client.force_login(ada)
    refused = client.get(address(message.room))
    client.force_login(bob)
    allowed = client.get(address(message.room))

    assert (refused.status_code, refused.json()["code"]) == (403, "banned-from-room")
    assert "secret" not in refused.content.decode()
    assert len(allowed.json()) == 1


def test_an_author_takes_back_and_the_room_hears_of_it(client: Client) -> None:
    message = MessageFactory()
    assert message.author is not None
    client.force_login(message.author)

    with published() as heard:
        first = client.delete(address(message.room, message.pk))
        again = client.delete(address(message.room, message.pk))

    assert (first.status_code, again.status_code) == (204, 204)
    assert [event for _, event, _ in heard] == ["message-deleted"]
    assert client.get(address(message.room)).json() == []


def test_strangers_guests_and_neighbors_delete_nothing(client: Client) -> None:
    message = MessageFactory()
    other = RoomFactory()

    guest = client.delete(address(message.room, message.pk))
    client.force_login(UserFactory())
    stranger = client.delete(address(message.room, message.pk))
    client.force_login(other.owner)
    neighbor = client.delete(address(other, message.pk))
    nothing = client.delete(address(message.room, 10**30))

    assert [each.status_code for each in (guest, stranger, neighbor, nothing)] == [
        401,
        403,
        404,
        404,
    ]
    assert Message.objects.get().state == MessageState.SHOWN
