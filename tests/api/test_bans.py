"""Who is banned from a streamer's rooms watches nothing: not on the page, not by the API, not by FLV."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from django.utils.timezone import now

from chat import services
from chat.models import Scope
from rooms.models import Room, RoomState
from tests.api.test_flv_endpoint import KEYFRAME, Site, cookie_of, live_room
from tests.api.test_flv_endpoint import site as site  # noqa: PLC0414 - a fixture.
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

db = database_sync_to_async


def ban(room: Room, user: Any, scope: Scope = Scope.ROOM) -> None:
    services.ban(room=room, actor_id=room.owner_id, user_id=user.pk, scope=scope)


@pytest.mark.parametrize(
    "address",
    ["/rooms/{}/", "/api/rooms/{}", "/api/rooms/{}/messages"],
    ids=["page", "api", "chat"],
)
def test_a_room_ban_keeps_out_and_a_chat_ban_does_not(client: Client, address: str) -> None:
    room = RoomFactory(state=RoomState.LIVE, live_since=now())
    troll, chatter, fan = UserFactory(), UserFactory(), UserFactory()
    ban(room, troll)
    ban(room, chatter, Scope.CHAT)

    def ask(user: Any) -> int:
        client.force_login(user)
        return client.get(address.format(room.room_id)).status_code

    assert [ask(troll), ask(chatter), ask(fan)] == [403, 200, 200]


async def test_a_banned_person_gets_no_stream(site: Site) -> None:
    room = await live_room()
    troll = await db(UserFactory)()
    await db(ban)(room, troll)

    player = await site.ask(room.room_id, cookie=await cookie_of(troll))

    assert (player.status, player.error["code"]) == (403, "banned-from-room")


async def test_a_ban_ends_the_stream_that_is_open_and_nobody_elses(site: Site) -> None:
    room = await live_room()
    troll, fan = await db(UserFactory)(), await db(UserFactory)()
    theirs = site.play(room.room_id, cookie=await cookie_of(troll))
    other = site.play(room.room_id, cookie=await cookie_of(fan))
    await theirs.until_body(KEYFRAME.body)
    await other.until_body(KEYFRAME.body)

    await db(ban)(room, troll)

    await theirs.end()
    assert site.runtime.rooms.viewer_count(room.room_id) == 1
    await other.leave()
