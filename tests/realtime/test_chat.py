"""Several pages at once: who hears what is said, and who does not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from chat import services
from chat.models import Message, Moderator, Restriction
from rooms.models import EndReason
from rooms.services import end_room
from streair.core.realtime.frames import MAX_FRAME_BYTES
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.realtime.client import Viewer, connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user, new_message = db(RoomFactory), db(UserFactory), db(MessageFactory)


async def said(viewer: Viewer, message: str, **more: Any) -> int:
    """Say something, and return the message's id."""
    answer = await viewer.call("chat-message", message=message, **more)
    assert answer["event"] == "ack", answer
    return int(answer["data"]["id"])


async def refused(viewer: Viewer, event: str, **data: Any) -> str:
    """Send a command that is refused, and return the code."""
    answer = await viewer.call(event, **data)
    assert answer["event"] == "error", answer
    assert answer["data"]["message"]
    return str(answer["data"]["code"])


async def test_what_is_said_reaches_everyone_in_the_room_and_nobody_else() -> None:
    room, elsewhere = await new_room(), await new_room()
    ada = await new_user(username="ada")

    async with (
        watching(room, user=ada) as sender,
        watching(room) as guest,
        watching(elsewhere) as outsider,
    ):
        message_id = await said(sender, " chào  cả nhà ", nonce="n-1")

        own = (await sender.event("new-message"))["data"]
        others = (await guest.event("new-message"))["data"]
        assert others == {
            "id": message_id,
            "roomId": room.room_id,
            "userId": ada.pk,
            "username": "ada",
            "displayName": "ada",
            "role": "",
            "message": "chào cả nhà",
            "timestamp": others["timestamp"],
            "replyTo": None,
        }
        assert own == {**others, "nonce": "n-1"}
        assert "new-message" not in await outsider.has_heard()


async def test_a_newcomer_reads_what_was_said_and_what_they_may_do() -> None:
    room = await new_room()
    first, last = await new_message(room=room, text="one"), await new_message(room=room, text="two")
    await new_message(room=room, state="deleted")
    ada = await new_user(username="ada", display_name="Ada")
    await db(Moderator.objects.create)(owner=room.owner, user=ada)

    async with watching(room, user=ada) as viewer, watching(room) as guest:
        shown = [(each["id"], each["message"]) for each in viewer.snapshot["messages"]]
        assert shown == [(first.pk, "one"), (last.pk, "two")]
        assert viewer.snapshot["you"] == {
            "isOwner": False,
            "signedIn": True,
            "userId": ada.pk,
            "username": "ada",
            "displayName": "Ada",
            "role": "moderator",
            "canModerate": True,
            "barred": None,
        }
        assert not any(viewer.snapshot["modes"].values())
        assert guest.snapshot["you"]["canModerate"] is False


async def test_a_page_that_was_away_gets_what_it_missed() -> None:
    room, ada = await new_room(), await new_user()
    gone = await new_message(room=room)
    seen = await new_message(room=room)

    async with watching(room, user=ada) as other:
        missed = [await said(other, "one"), await said(other, "two")]
        await db(services.delete_message)(room=room, actor_id=room.owner_id, message_id=gone.pk)
        await other.event("message-deleted")
        async with connected() as viewer:
            answer = await viewer.call("join-room", roomId=room.room_id, lastMessageId=seen.pk)

    assert [each["id"] for each in answer["data"]["messages"]] == missed
    assert answer["data"]["removed"] == [gone.pk]
    assert "gap" not in answer["data"]


@pytest.mark.parametrize("last", ["7", -1, 2**60, None, 1.5, True])
async def test_an_id_that_is_none_is_as_good_as_no_id(last: object) -> None:
    room = await new_room()
    message = await new_message(room=room)

    async with connected() as viewer:
        answer = await viewer.call("join-room", roomId=room.room_id, lastMessageId=last)

    assert [each["id"] for each in answer["data"]["messages"]] == [message.pk]


async def test_the_sixth_message_comes_back_with_the_time_to_wait_whatever_the_socket() -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=ada) as first, watching(room, user=ada) as second:
        for number in range(5):
            await said(first if number % 2 else second, str(number))
        answers = [await each.call("chat-message", message="six") for each in (first, second)]

    for answer in answers:
        assert answer["data"]["code"] == "too-fast"
        assert 8 <= answer["data"]["retryAfter"] <= 10
    assert await db(Message.objects.count)() == 5


async def test_a_crowd_that_writes_at_once_is_written_and_read_in_order() -> None:
    room = await new_room()
    people = await db(UserFactory.create_batch)(8)

    async with watching(room) as reader:
        async with asyncio.TaskGroup() as tasks:
            for person in people:
                tasks.create_task(_say_five(room, person))
        events = [(await reader.event("new-message"))["data"] for _ in range(40)]

    ids = [each["id"] for each in events]
    assert ids == sorted(set(ids))
    assert len(await db(lambda: list(Message.objects.values_list("pk")))()) == 40


async def _say_five(room: Any, person: Any) -> None:
    async with watching(room, user=person) as viewer:
        for number in range(5):
            await said(viewer, str(number))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "message-empty"),
        ("/bann ada", "unknown-command"),
        ("\u200b", "message-empty"),
        ("x" * 501, "message-too-long"),
    ],
)
async def test_a_text_that_cannot_be_sent_is_an_answer(message: str, code: str) -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as viewer:
        assert await refused(viewer, "chat-message", message=message) == code


@pytest.mark.parametrize("message", [None, 7, ["x"], {}])
async def test_what_is_no_text_is_no_message(message: object) -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as viewer:
        assert await refused(viewer, "chat-message", message=message) == "message-empty"


async def test_guests_read_and_do_not_write() -> None:
    room = await new_room()
    message = await new_message(room=room)

    async with watching(room) as guest:
        assert await refused(guest, "chat-message", message="hello") == "sign-in-first"
        code = await refused(guest, "delete-message", messageId=message.pk)
        assert code == "sign-in-first"
        assert await refused(guest, "clear-chat") == "sign-in-first"


async def test_nobody_writes_before_they_have_opened_a_room() -> None:
    async with connected(await new_user()) as viewer:
        assert await refused(viewer, "chat-message", message="hello") == "no-room"


async def test_who_is_banned_from_a_room_does_not_get_in() -> None:
    room, ada = await new_room(), await new_user()
    await new_message(room=room, text="secret")
    await db(Restriction.objects.create)(owner=room.owner, user=ada, scope="room")

    async with connected(ada) as viewer:
        answer = await viewer.call("join-room", roomId=room.room_id)
        await db(services.send_message)(room=room, author=room.owner, text="more")

        assert answer["data"]["code"] == "banned-from-room"
        assert "secret" not in json.dumps(answer)
        assert await viewer.has_heard() == []


async def test_a_ban_from_the_chat_lets_one_watch() -> None:
    room, ada = await new_room(), await new_user()
    await db(Restriction.objects.create)(owner=room.owner, user=ada, reason="spam")

    async with watching(room, user=ada) as viewer:
        assert viewer.snapshot["you"]["barred"] == {"until": None, "reason": "spam"}
        assert await refused(viewer, "chat-message", message="hello") == "banned"


async def test_a_room_that_is_over_is_read_only() -> None:
    room = await new_room()
    async with watching(room, user=room.owner) as viewer:
        await db(end_room)(room=room, reason=EndReason.OWNER, block_encoder=False)

        assert await refused(viewer, "chat-message", message="hello") == "room-ended"


async def test_what_a_service_writes_reaches_pages_as_well() -> None:
    room = await new_room()

    async with watching(room) as guest:
        await sync_to_async(services.send_message)(room=room, author=room.owner, text="welcome")

        event = await guest.event("new-message")

    assert (event["data"]["message"], event["data"]["role"]) == ("welcome", "owner")


async def test_whoever_left_the_room_hears_no_more_of_it() -> None:
    room = await new_room()

    async with watching(room) as viewer, watching(room, user=room.owner) as owner:
        await viewer.call("leave-room")
        await said(owner, "still here?")
        await owner.event("new-message")

        assert "new-message" not in await viewer.has_heard()


async def test_a_whole_history_fits_though_no_frame_of_a_page_would() -> None:
    room = await new_room()
    for _ in range(50):
        await new_message(room=room, author=room.owner, text="ậ" * 500)

    async with watching(room) as viewer:
        assert len(viewer.snapshot["messages"]) == 50
        assert len(json.dumps(viewer.snapshot)) > MAX_FRAME_BYTES
