"""Who watches without a page is counted, too; with one, they are counted once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from accounts.services import create_token
from rooms.models import Room
from rooms.presence import current_presence
from rooms.viewer_board import viewer_counts
from tests.api.flv import KEYFRAME, Player, Site, cookie_of, live_room, token_of
from tests.factories import UserFactory
from tests.realtime.client import Viewer, connected, cookies_of, db

pytestmark = pytest.mark.django_db(transaction=True)

VLC = "VLC/3.0.18 LibVLC/3.0.18"


@pytest.fixture(autouse=True)
async def _nobody_stays() -> AsyncIterator[None]:
    yield
    await current_presence().stop()


async def playing(site: Site, room: Room, **headers: str) -> Player:
    player = site.play(room.room_id, **headers)
    await player.until_body(KEYFRAME.body)
    return player


async def count(room: Room) -> int:
    return await current_presence().viewer_count(room.room_id)


async def page_of(viewer: Viewer, room: Room) -> Viewer:
    assert (await viewer.call("join-room", roomId=room.room_id))["event"] == "ack"
    return viewer


async def test_an_open_stream_counts_while_it_is_open(site: Site) -> None:
    room = await live_room()

    player = await playing(site, room, user_agent=VLC)
    watched = await count(room)
    await player.leave()

    assert (watched, await count(room)) == (1, 0)


async def test_pages_hear_of_it_and_lists_show_it(site: Site) -> None:
    room = await live_room()

    async with connected() as viewer:
        page = await page_of(viewer, room)
        await page.counts(1)
        player = await playing(site, room, user_agent=VLC)
        await page.counts(2)
        shown = viewer_counts([room.room_id])[room.room_id]
        await player.leave()
        await page.counts(1)

    assert shown == 2


async def test_a_page_and_its_player_are_one_person(site: Site) -> None:
    room, user = await live_room(), await db(UserFactory)()
    for cookies in (await cookies_of(None), await cookies_of(user)):
        async with connected(cookies=cookies) as viewer:
            await page_of(viewer, room)
            player = await playing(site, room, cookie=cookies)

            assert await count(room) == 1
            await player.leave()


async def test_without_cookies_an_address_and_a_program_are_one_person(site: Site) -> None:
    room = await live_room()
    players = [await playing(site, room, user_agent=agent) for agent in (VLC, VLC, "mpv")]

    assert await count(room) == 2
    await asyncio.gather(*(player.leave() for player in players))


async def test_somebody_with_a_token_is_who_they_are(site: Site) -> None:
    room, user = await live_room(), await db(UserFactory)(username="ada")
    made = await db(create_token)(user, name="App", scopes=["chat:read"], expires=None, address="")
    bearers = [f"Bearer {await token_of(user)}", f"Bearer {made.secret}"]

    async with connected(user) as viewer:
        await page_of(viewer, room)
        players = [await playing(site, room, authorization=bearer) for bearer in bearers]

        assert await count(room) == 1
        await asyncio.gather(*(player.leave() for player in players))


async def test_the_streamer_and_who_only_asks_do_not_count(site: Site) -> None:
    room = await live_room()

    own = await playing(site, room, cookie=await cookie_of(room.owner))
    await site.ask(room.room_id, method="HEAD", user_agent=VLC)

    assert await count(room) == 0
    await own.leave()


async def test_a_refused_stream_counts_nobody(site: Site) -> None:
    room = await live_room(visibility="password", password="x")

    assert (await site.ask(room.room_id, user_agent=VLC)).status == 403
    assert await count(room) == 0
