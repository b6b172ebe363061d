"""The word filter while people watch: who hears of a held message, and who does not."""

from __future__ import annotations

from typing import Any

import pytest

from chat import services
from chat.models import HeldMessage, Message, Moderator
from rooms.models import Room
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import Viewer, db, watching
from tests.realtime.test_chat import refused, said

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)


async def new_moderator(room: Room) -> Any:
    user = await new_user()
    await db(Moderator.objects.create)(owner=room.owner, user=user)
    return user


async def forbid(keeper: Viewer, text: str, treatment: str, **more: Any) -> int:
    answer = await keeper.call("add-word", text=text, treatment=treatment, **more)
    assert answer["event"] == "ack", answer
    return int(answer["data"]["id"])


async def test_a_held_message_reaches_moderators_alone_until_one_lets_it_through() -> None:
    room, ada = await new_room(), await new_user(username="ada")

    async with (
        watching(room, user=room.owner) as owner,
        watching(room, user=await new_moderator(room)) as moderator,
        watching(room, user=ada) as author,
        watching(room, user=await new_user()) as other,
        watching(room) as guest,
    ):
        await forbid(owner, "hmm", "hold")
        answer = await author.call("chat-message", message="hmm, well", nonce="n-1")
        held_id = answer["data"]["heldId"]

        for keeper in (owner, moderator):
            told = (await keeper.event("message-held"))["data"]
            assert (told["heldId"], told["username"], told["message"]) == (
                held_id,
                "ada",
                "hmm, well",
            )
        async with watching(room) as late, watching(room, user=ada) as another_tab:
            assert late.snapshot["messages"] == another_tab.snapshot["messages"] == []
        for reader in (author, other, guest):
            assert {"message-held", "new-message"}.isdisjoint(await reader.has_heard())

        queue = (await moderator.call("list-held"))["data"]
        assert (queue["count"], queue["held"]) == (1, [told])
        assert (await moderator.call("decide-held", heldId=held_id, approve=True))["event"] == "ack"

        for reader in (owner, author, other, guest):
            message = (await reader.event("new-message"))["data"]
            assert (message["username"], message["message"]) == ("ada", "hmm, well")
        assert await refused(owner, "decide-held", heldId=held_id, approve=False) == (
            "decided-already"
        )
        settled = (await author.event("held-settled"))["data"]
        assert (settled["heldId"], settled["outcome"], settled["by"]) == (held_id, "approved", "")
        assert (await owner.event("held-settled"))["data"]["by"] != ""
        assert "held-settled" not in await other.has_heard() + await guest.has_heard()


async def test_what_is_denied_is_told_to_its_author() -> None:
    room = await new_room()

    async with (
        watching(room, user=room.owner) as owner,
        watching(room, user=await new_user()) as author,
    ):
        await forbid(owner, "hmm", "hold")
        answer = await author.call("chat-message", message="hmm")
        await owner.call("decide-held", heldId=answer["data"]["heldId"], approve=False)

        assert (await author.event("held-settled"))["data"]["outcome"] == "denied"
        assert "new-message" not in await author.has_heard()
    assert not await db(Message.objects.exists)()


async def test_who_keeps_order_no_more_hears_of_nothing() -> None:
    room = await new_room()
    former = await new_moderator(room)

    async with (
        watching(room, user=room.owner) as owner,
        watching(room, user=former) as page,
        watching(room, user=await new_user()) as author,
    ):
        await forbid(owner, "hmm", "hold")
        await owner.call("dismiss-moderator", userId=former.pk)
        await author.call("chat-message", message="hmm")

        await owner.event("message-held")
        assert "message-held" not in await page.has_heard()
        assert await refused(page, "list-held") == "not-allowed"


async def test_a_list_is_read_tried_and_changed_over_the_socket() -> None:
    room = await new_room()

    async with (
        watching(room, user=await new_moderator(room)) as keeper,
        watching(room, user=await new_user()) as viewer,
    ):
        word_id = await forbid(keeper, "địt*", "time-out", seconds=60, alsoUnmarked=True)
        assert (await keeper.call("list-words"))["data"]["words"] == [
            {
                "id": word_id,
                "text": "địt*",
                "treatment": "time-out",
                "seconds": 60,
                "alsoUnmarked": True,
            }
        ]
        tried = (await keeper.call("try-words", text="d1t"))["data"]
        assert tried == {"word": "địt*", "treatment": "time-out", "seconds": 60}
        assert (await keeper.call("try-words", text="đi"))["data"]["word"] is None
        assert await refused(keeper, "add-word", text="Địt*", treatment="hide") == (
            "word-listed-already"
        )
        assert await refused(viewer, "chat-message", message="dit") == "timed-out"
        assert (await viewer.event("rights-changed"))["data"]["you"]["barred"]["until"]

        await keeper.call("remove-word", wordId=word_id)
        assert (await keeper.call("list-words"))["data"]["words"] == []
        assert await refused(keeper, "remove-word", wordId=word_id) == "word-not-found"


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("list-held", {}),
        ("decide-held", {"heldId": 1, "approve": True}),
        ("list-words", {}),
        ("add-word", {"text": "hi", "treatment": "hide"}),
        ("remove-word", {"wordId": 1}),
        ("try-words", {"text": "hi"}),
    ],
)
async def test_strangers_and_guests_have_no_business_with_it(
    event: str, data: dict[str, Any]
) -> None:
    room = await new_room()

    async with watching(room, user=await new_user()) as stranger, watching(room) as guest:
        assert await refused(stranger, event, **data) == "not-allowed"
        assert await refused(guest, event, **data) == "sign-in-first"


@pytest.mark.parametrize("held_id", [None, "1", -1, 2**70, 10**9])
async def test_what_does_not_exist_is_not_decided_on(held_id: object) -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as owner:
        code = await refused(owner, "decide-held", heldId=held_id, approve=True)
        assert code == "message-not-found"


async def test_people_are_acted_on_by_name_and_moderators_listed() -> None:
    room, ada = await new_room(), await new_user(username="ada")
    moderator = await new_moderator(room)

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as viewer:
        await owner.call("time-out", username="@ADA", seconds=60)
        assert (await viewer.event("rights-changed"))["data"]["you"]["barred"]
        await owner.call("forgive", username="ada")
        await said(viewer, "thanks")

        assert await refused(owner, "ban", username="nobody.at.all") == "person-not-found"
        listed = (await viewer.call("list-moderators"))["data"]["moderators"]
        assert [each["userId"] for each in listed] == [moderator.pk]


async def test_following_lets_write_at_once() -> None:
    from accounts.services import follow

    room, ada = await new_room(), await new_user()

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as viewer:
        answer = await owner.call("set-modes", followersOnly=True, followersMinutes=0)
        assert answer["data"]["followersOnly"] is True
        assert (await viewer.event("room-updated"))["data"]["modes"]["followersOnly"] is True
        assert await refused(viewer, "chat-message", message="hi") == "followers-only"

        await db(follow)(ada, room.owner)
        await said(viewer, "hi")


async def test_a_ban_takes_what_waits_from_the_queue() -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as author:
        await db(services.add_word)(room=room, actor_id=room.owner.pk, text="hmm", treatment="hold")
        await author.call("chat-message", message="hmm")
        await owner.call("ban", userId=ada.pk)

        assert (await owner.event("held-settled"))["data"]["outcome"] == "dropped"
        assert (await owner.call("list-held"))["data"] == {"count": 0, "held": []}
    assert await db(HeldMessage.objects.count)() == 1
