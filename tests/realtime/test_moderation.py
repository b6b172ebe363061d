"""Keeping order while people watch: what each page hears of it, and who is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from chat.models import Moderator
from chat.selectors import modes_of
from rooms.models import Room
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db, watching
from tests.realtime.test_chat import refused, said

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)


async def new_moderator(room: Room) -> Any:
    user = await new_user()
    await db(Moderator.objects.create)(owner=room.owner, user=user)
    return user


async def test_who_is_timed_out_learns_it_and_nobody_else_does() -> None:
    room, ada = await new_room(), await new_user()

    async with (
        watching(room, user=await new_moderator(room)) as moderator,
        watching(room, user=ada) as viewer,
        watching(room, user=await new_user()) as other,
    ):
        answer = await moderator.call("time-out", userId=ada.pk, seconds=600, reason="caps")
        assert answer["event"] == "ack"

        you = (await viewer.event("rights-changed"))["data"]["you"]
        assert you["barred"]["reason"] == "caps"
        assert await refused(viewer, "chat-message", message="WHY") == "timed-out"
        assert "rights-changed" not in await other.has_heard()

        assert (await moderator.call("forgive", userId=ada.pk))["event"] == "ack"
        assert (await viewer.event("rights-changed"))["data"]["you"]["barred"] is None
        await said(viewer, "sorry")


async def test_a_ban_takes_what_they_said_from_every_page() -> None:
    room, ada = await new_room(), await new_user()

    async with (
        watching(room, user=room.owner) as owner,
        watching(room, user=ada) as spammer,
        watching(room) as guest,
    ):
        last = await said(spammer, "buy my stuff")
        await owner.call("ban", userId=ada.pk, reason="spam")

        hidden = await guest.event("messages-hidden")
        assert hidden["data"] == {
            "roomId": room.room_id,
            "userId": ada.pk,
            "lastMessageId": last,
        }
        assert await refused(spammer, "chat-message", message="more") == "banned"
        # A chat ban does not stop watching; another tab is no way round it.
        async with watching(room, user=ada) as another_tab:
            assert another_tab.snapshot["messages"] == []
            assert await refused(another_tab, "chat-message", message="more") == "banned"


async def test_a_ban_tells_its_end_and_one_of_no_known_length_is_refused() -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as viewer:
        for length in ("7d", 1.5, True, 2**60):
            assert await refused(owner, "ban", userId=ada.pk, seconds=length) == "bad-duration"
        await said(viewer, "still here")

        await owner.call("ban", userId=ada.pk, seconds=3600)
        bar = (await viewer.event("rights-changed"))["data"]["you"]["barred"]
        left = datetime.fromisoformat(bar["until"]) - now()
        assert timedelta(minutes=59) < left <= timedelta(hours=1)


async def test_a_ban_from_the_room_ends_every_socket_in_it_and_lets_none_back() -> None:
    room, ada = await new_room(), await new_user()

    async with (
        watching(room, user=room.owner) as owner,
        watching(room, user=ada) as first,
        watching(room, user=ada) as second,
    ):
        await owner.call("ban", userId=ada.pk, scope="room")

        for socket in (first, second):
            assert (await socket.closed())[0] == 4003
    async with connected(ada) as again:
        assert await refused(again, "join-room", roomId=room.room_id) == "banned-from-room"


async def test_a_new_moderator_knows_at_once_and_may_keep_order() -> None:
    room, ada, bob = await new_room(), await new_user(), await new_user()

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as helper:
        assert await refused(helper, "time-out", userId=bob.pk, seconds=10) == "not-allowed"
        await owner.call("appoint-moderator", userId=ada.pk)

        you = (await helper.event("rights-changed"))["data"]["you"]
        assert (you["role"], you["canModerate"]) == ("moderator", True)
        assert (await helper.call("time-out", userId=bob.pk, seconds=10))["event"] == "ack"

        await owner.call("dismiss-moderator", userId=ada.pk)
        assert not (await helper.event("rights-changed"))["data"]["you"]["canModerate"]
        assert await refused(helper, "forgive", userId=bob.pk) == "not-allowed"


async def test_modes_reach_every_page_and_those_that_come_later() -> None:
    room = await new_room()
    strict = {**modes_of(None), "slowSeconds": 30, "linksOff": True, "panic": True}

    async with watching(room, user=room.owner) as owner, watching(room) as guest:
        answer = await owner.call("panic", on=True)

        assert answer["data"] == strict
        assert (await guest.event("room-updated"))["data"]["modes"] == strict
        async with watching(room) as late:
            assert late.snapshot["modes"] == strict
        assert (await owner.call("panic", on=False))["data"]["panic"] is False
        answer = await owner.call("set-modes", slowSeconds=10, linksOff="yes")
        assert (answer["data"]["slowSeconds"], answer["data"]["linksOff"]) == (10, False)


async def test_a_card_tells_who_somebody_is() -> None:
    room, ada = await new_room(), await new_user(username="ada")

    async with watching(room, user=room.owner) as owner, watching(room, user=ada) as viewer:
        mine = (await owner.call("look-up-person", userId=ada.pk))["data"]
        theirs = (await viewer.call("look-up-person", userId=room.owner.pk))["data"]

    assert (mine["username"], mine["canAct"], mine["deeds"]) == ("ada", True, [])
    assert (theirs["role"], theirs["canAct"], "deeds" in theirs) == ("owner", False, False)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("time-out", {"seconds": 60}),
        ("ban", {}),
        ("forgive", {}),
        ("appoint-moderator", {}),
        ("dismiss-moderator", {}),
        ("set-modes", {"slowSeconds": 5}),
        ("panic", {"on": True}),
    ],
)
async def test_strangers_and_guests_keep_no_order(event: str, data: dict[str, Any]) -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=await new_user()) as stranger, watching(room) as guest:
        assert await refused(stranger, event, userId=ada.pk, **data) == "not-allowed"
        assert await refused(guest, event, userId=ada.pk, **data) == "sign-in-first"


@pytest.mark.parametrize("user_id", [None, "1", -1, 2**70, 1.5])
async def test_nobody_is_an_answer(user_id: object) -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as owner:
        assert await refused(owner, "ban", userId=user_id) == "person-not-found"
