"""Who is banned from a streamer's rooms watches nothing: not on the page, not by the API, not by FLV."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.test import Client
from django.utils.timezone import now

from accounts.models import Follow
from chat import services
from chat.models import Scope
from rooms.models import Room, RoomState
from tests.api.accounts.people import App
from tests.api.flv import KEYFRAME, Site, cookie_of, live_room
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

db = database_sync_to_async


def ban(room: Room, user: Any, scope: Scope = Scope.ROOM) -> None:
    services.ban(room=room, actor_id=room.owner_id, user_id=user.pk, scope=scope)


def test_who_is_banned_from_the_rooms_does_not_follow_the_streamer(client: Client) -> None:
    room = RoomFactory(owner__username="linh")
    troll, chatter, follower = (UserFactory() for _ in range(3))
    Follow.objects.create(follower=follower, followed=room.owner)
    for user, scope in ((troll, Scope.ROOM), (chatter, Scope.CHAT), (follower, Scope.ROOM)):
        ban(room, user, scope)
    UserFactory(username="ben")

    def follow(user: Any, name: str = "linh") -> tuple[int, str]:
        client.force_login(user)
        page = client.post(f"/@{name}/follow/", {"follow": "yes"})
        answer = App(user).ask("put", f"users/{name}/follow")
        return page.status_code, answer.json().get("code", "")

    assert follow(troll) == (403, "banned-from-room")
    assert follow(chatter) == (302, "")
    assert follow(troll, "ben") == (302, "")
    # Whoever followed before still does, and may end it.
    assert set(room.owner.followers.values_list("follower", flat=True)) == {chatter.pk, follower.pk}
    assert App(follower).ask("delete", "users/linh/follow").status_code == 200
    services.forgive(room=room, actor_id=room.owner_id, user_id=troll.pk)
    assert follow(troll) == (302, "")


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
