"""What is taken back or cleared is gone from every page, and from the history."""

from __future__ import annotations

import pytest

from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.realtime.client import db, watching
from tests.realtime.test_chat import refused, said

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user, new_message = db(RoomFactory), db(UserFactory), db(MessageFactory)


async def test_a_deletion_reaches_every_page_and_the_history() -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=ada) as author, watching(room) as guest:
        message_id = await said(author, "oops")
        assert (await author.call("delete-message", messageId=message_id))["event"] == "ack"

        for viewer in (author, guest):
            deleted = await viewer.event("message-deleted")
            assert deleted["data"] == {
                "roomId": room.room_id,
                "messageId": message_id,
                "byModerator": False,
            }
        async with watching(room) as late:
            assert late.snapshot["messages"] == []


@pytest.mark.parametrize("message_id", [None, "1", 2**60, 999_999])
async def test_deleting_what_is_not_there_is_an_answer(message_id: object) -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as viewer:
        code = await refused(viewer, "delete-message", messageId=message_id)

    assert code == "message-not-found"


async def test_a_stranger_removes_nothing() -> None:
    room = await new_room()
    message = await new_message(room=room)

    async with watching(room, user=await new_user()) as stranger, watching(room) as guest:
        assert await refused(stranger, "delete-message", messageId=message.pk) == "not-allowed"
        assert await refused(stranger, "clear-chat") == "not-allowed"
        assert not {"message-deleted", "chat-cleared"} & set(await guest.has_heard())


async def test_clearing_reaches_every_page_and_the_history() -> None:
    room = await new_room()
    message = await new_message(room=room)

    async with watching(room, user=room.owner) as owner, watching(room) as guest:
        assert (await owner.call("clear-chat"))["event"] == "ack"

        cleared = await guest.event("chat-cleared")
        assert cleared["data"] == {"roomId": room.room_id, "lastMessageId": message.pk}
        async with watching(room) as late:
            assert late.snapshot["messages"] == []
