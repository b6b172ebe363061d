"""Somebody goes live, and whoever follows them hears it on any page."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Follow
from rooms import services
from rooms.newsstand import current_newsstand
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)
go_live = db(services.go_live)


async def follower_of(room: Any, **fields: Any) -> Any:
    user = await new_user(**fields)
    await db(Follow.objects.create)(follower=user, followed=room.owner)
    return user


async def test_who_follows_hears_it_wherever_they_are_and_nobody_else_does() -> None:
    room, elsewhere = await new_room(owner__username="linh", title="Cơm nhà"), await new_room()
    fan = await follower_of(room)

    async with (
        connected(fan) as tab,
        watching(elsewhere, user=fan) as other_tab,
        connected(await new_user()) as member,
        connected(await follower_of(room, notify_on_site=False)) as quiet,
        connected() as guest,
    ):
        await go_live(room.pk)

        for page in (tab, other_tab):
            assert (await page.event("channel-live"))["data"] == {
                "roomId": room.room_id,
                "title": "Cơm nhà",
                "userId": room.owner.pk,
                "username": "linh",
                "displayName": room.owner.shown_name,
            }
        for page in (member, quiet, guest):
            assert "channel-live" not in await page.has_heard()


async def test_who_left_a_room_hears_news_all_the_same_and_nothing_of_the_room() -> None:
    room, left = await new_room(), await new_room()
    fan = await follower_of(room)

    async with watching(left, user=fan) as page:
        await page.call("leave-room")
        await go_live(left.pk)
        await go_live(room.pk)

        assert (await page.event("channel-live"))["data"]["roomId"] == room.room_id
        assert "stream-started" not in await page.has_heard()


async def test_whose_page_is_gone_is_forgotten() -> None:
    user = await new_user()

    async with connected(user):
        assert list(current_newsstand()._sockets) == [user.pk]

    assert current_newsstand()._sockets == {}
