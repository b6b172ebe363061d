"""Overlays: they read the chat of one streamer, from room to room, and can do nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from accounts.models import User
from chat import services
from chat.models import Scope
from chat.overlay_consumer import OverlayConsumer
from rooms.models import EndReason, Room
from rooms.services import change_room, end_room, open_room
from streair.core.realtime.close_codes import CloseCode
from tests.factories import UserFactory
from tests.realtime.client import Frame, Viewer, connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/ws/overlay/"


@db
def private_room(owner: User | None = None, title: str = "Quiet") -> Room:
    return open_room(
        owner=owner or UserFactory(), title=title, visibility="password", password="open sesame"
    )


@db
def secret_of(room: Room) -> str:
    return services.overlay_secret(room.owner)


@db
def say(room: Room, text: str, author: User | None = None) -> int:
    return services.send_message(room=room, author=author or room.owner, text=text).id


@db
def do(action: Any, **given: Any) -> Any:
    return action(**given)


@asynccontextmanager
async def overlay(secret: str, user: User | None = None, **more: Any) -> AsyncIterator[Viewer]:
    """An overlay that shows a chat; `viewer.snapshot` is what it was told."""
    async with connected(user, path=PATH) as viewer:
        answer = await viewer.call("join-overlay", secret=secret, **more)
        assert answer["event"] == "ack", answer
        viewer.snapshot = answer["data"]
        yield viewer


def texts(frame: Frame) -> list[str]:
    return [message["message"] for message in frame["messages"]]


async def test_the_link_shows_the_chat_of_a_private_room_without_a_sign_in() -> None:
    room = await private_room()
    await say(room, "before")

    async with overlay(await secret_of(room)) as viewer:
        message_id = await say(room, "now")
        heard = await viewer.event("new-message")
        await do(services.delete_message, room=room, actor_id=room.owner_id, message_id=message_id)
        gone = await viewer.event("message-deleted")

        assert viewer.snapshot["roomId"] == room.room_id
        assert texts(viewer.snapshot) == ["before"]
        assert heard["data"]["message"] == "now"
        assert gone["data"]["messageId"] == message_id


async def test_it_hears_the_chat_and_nothing_else_of_the_room() -> None:
    room = await private_room()

    async with overlay(await secret_of(room)) as viewer, watching(room, room.owner):
        await do(change_room, room=room, title="A title for those who are in")
        await say(room, "hello")

        assert (await viewer.event())["event"] == "new-message"
        assert await viewer.has_heard() == []


async def test_an_overlay_is_no_viewer() -> None:
    room = await private_room()

    async with overlay(await secret_of(room)), watching(room, room.owner) as owner:
        assert owner.snapshot["viewerCount"] == 0


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("chat-message", {"message": "hello"}),
        ("delete-message", {"messageId": 1}),
        ("clear-chat", {}),
        ("look-up-person", {"userId": 1}),
        ("join-room", {}),
        ("create-room", {}),
    ],
)
async def test_it_can_do_nothing_even_in_its_owners_browser(
    command: str, data: dict[str, Any]
) -> None:
    room = await private_room()
    await say(room, "stays")

    async with overlay(await secret_of(room), room.owner) as viewer:
        answer = await viewer.call(command, roomId=room.room_id, **data)

        assert answer["data"]["code"] == "unknown-event"
    assert set(OverlayConsumer.commands) == {"join-overlay", "ping"}


@pytest.mark.parametrize("wrong", ["", "ov_x", None, 7, {"a": 1}, "x" * 5000])
async def test_what_is_no_secret_opens_nothing(wrong: Any) -> None:
    room = await private_room()
    await secret_of(room)

    async with connected(path=PATH) as stranger:
        answer = await stranger.call("join-overlay", secret=wrong, roomId=room.room_id)
        await say(room, "not for strangers")

        assert (answer["event"], answer["data"]["code"]) == ("error", "overlay-not-found")
        assert await stranger.has_heard() == []


async def test_a_strangers_own_link_shows_a_strangers_own_chat() -> None:
    mine, theirs = await private_room(title="Mine"), await private_room(title="Theirs")
    await say(mine, "mine")

    async with overlay(await secret_of(theirs), roomId=mine.room_id) as viewer:
        await say(mine, "still mine")
        await say(theirs, "theirs")

        assert texts(viewer.snapshot) == []
        assert (await viewer.event())["data"]["message"] == "theirs"


async def test_renewing_the_link_ends_what_was_opened_with_the_old_one() -> None:
    room = await private_room()
    old = await secret_of(room)

    async with overlay(old) as viewer:
        new = await do(services.renew_overlay, owner=room.owner)

        assert (await viewer.closed())[0] == CloseCode.SHUT_OUT
    async with connected(path=PATH) as late:
        answer = await late.call("join-overlay", secret=old)
        assert answer["data"]["code"] == "overlay-not-found"
    async with overlay(new) as again:
        assert again.snapshot["roomId"] == room.room_id


async def test_it_follows_its_streamer_from_room_to_room() -> None:
    owner = await db(UserFactory)()
    first = await private_room(owner)
    secret = await secret_of(first)

    async with overlay(secret) as viewer:
        await do(end_room, room=first, reason=EndReason.OWNER, block_encoder=True)
        assert (await viewer.event("overlay-moved"))["data"] == {"roomId": None}
        assert (await viewer.call("join-overlay", secret=secret))["data"]["roomId"] is None

        second = await private_room(owner)
        assert (await viewer.event("overlay-moved"))["data"] == {"roomId": second.room_id}
        joined = await viewer.call("join-overlay", secret=secret)
        await say(second, "and on we go")

        assert joined["data"]["roomId"] == second.room_id
        assert (await viewer.event("new-message"))["data"]["message"] == "and on we go"


async def test_one_that_was_away_gets_what_it_missed() -> None:
    room = await private_room()
    secret = await secret_of(room)
    seen = await say(room, "seen")
    await say(room, "missed")

    async with overlay(secret, lastMessageId=seen) as viewer:
        assert texts(viewer.snapshot) == ["missed"]
    async with overlay(secret, lastMessageId="nonsense") as viewer:
        assert texts(viewer.snapshot) == ["seen", "missed"]


async def test_what_the_banned_said_goes_from_overlays_too() -> None:
    room = await private_room()
    eve = await db(UserFactory)()
    await say(room, "buy my stuff", eve)

    async with overlay(await secret_of(room)) as viewer:
        await do(services.ban, room=room, actor_id=room.owner_id, user_id=eve.pk, scope=Scope.CHAT)

        assert (await viewer.event("messages-hidden"))["data"]["userId"] == eve.pk
