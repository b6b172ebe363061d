"""The FLV endpoint: who gets a stream, who gets which refusal, and when a stream ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.utils.timezone import now

from accounts.models import User
from accounts.services import sign_out_everywhere
from rooms.models import EndReason, Room, RoomState
from streams.keys import new_stream_key
from streams.models import StreamKey
from tests.api.flv import KEYFRAME, Site, cookie_of, db, live_room, token_of
from tests.factories import PublisherFactory, RoomFactory, StreamKeyFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


async def until_live(room: Room) -> None:
    async with asyncio.timeout(5):
        while not await db(Room.objects.filter(pk=room.pk, state=RoomState.LIVE).exists)():
            pass


@db
def end_room(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(
        state=RoomState.ENDED, ended_at=now(), end_reason=EndReason.OWNER
    )


async def test_a_live_room_plays_from_its_keyframe(site: Site) -> None:
    room = await live_room()

    player = site.play(room.room_id)
    await player.until_body(KEYFRAME.body)

    assert player.status == 200
    assert player.headers["content-type"] == "video/x-flv"
    assert player.headers["cache-control"] == "no-store"
    assert player.body.startswith(b"FLV\x01")
    await player.leave()


async def test_head_answers_the_head_and_opens_nothing(site: Site) -> None:
    room = await live_room()

    player = await site.ask(room.room_id, method="HEAD")

    assert (player.status, player.body) == (200, b"")
    assert site.sidecar.opened == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(site: Site, method: str) -> None:
    room = await live_room()

    player = await site.ask(room.room_id, method=method)

    assert (player.status, player.headers["allow"]) == (405, "GET, HEAD")
    assert player.error["code"] == "method-not-allowed"


async def test_refusals_are_in_the_readers_language(site: Site) -> None:
    vietnamese = await site.ask("nowhere23456", accept_language="vi")
    english = await site.ask("nowhere23456", accept_language="en")

    assert vietnamese.status == english.status == 404
    assert vietnamese.error["code"] == english.error["code"] == "room-not-found"
    assert english.error["message"].isascii()
    assert not vietnamese.error["message"].isascii()


async def test_a_flood_of_fields_is_a_request_like_any_other(site: Site) -> None:
    player = site.play("nowhere", query="&" * 2000)
    await player.end()

    assert (player.status, player.error["code"]) == (404, "room-not-found")


async def test_made_up_ids_open_no_upstream(site: Site, settings: Any) -> None:
    settings.RATE_LIMIT_ENABLED = False
    names = [*(f"madeup{n:06}" for n in range(200)), "a" * 64, "sk_" + "0" * 32, "live-" + "0" * 32]

    for first in range(0, len(names), 30):
        players = await asyncio.gather(*(site.ask(name) for name in names[first : first + 30]))
        assert {player.status for player in players} == {404}

    assert site.sidecar.opened == []
    assert site.runtime.rooms.open_keys() == ()


@pytest.mark.parametrize("name", ["a" * 65, "../etc/passwd", "a b", "a%00b", "", "..", "phòng"])
async def test_what_is_no_name_is_not_found(site: Site, name: str) -> None:
    assert (await site.ask(name)).status == 404


async def test_a_room_nobody_publishes_into_is_not_live(site: Site) -> None:
    room = await db(RoomFactory)()

    player = await site.ask(room.room_id)

    assert (player.status, player.error["code"]) == (404, "stream-not-live")


async def test_an_ended_room_says_so(site: Site) -> None:
    room = await live_room()
    await end_room(room)

    player = await site.ask(room.room_id)

    assert (player.status, player.error["code"]) == (404, "stream-ended")


async def test_an_address_may_open_so_many_streams_a_minute(site: Site, settings: Any) -> None:
    settings.PROXY_REQUESTS_PER_MINUTE = 3

    players = [await site.ask("nowhere23456") for _ in range(4)]

    assert [player.status for player in players] == [404, 404, 404, 429]
    assert int(players[-1].headers["retry-after"]) > 0
    assert players[-1].error["code"] == "too-fast"


async def test_open_streams_end_when_the_room_does(site: Site) -> None:
    room = await live_room()
    player = site.play(room.room_id)
    await player.until_body(KEYFRAME.body)

    await end_room(room)

    await player.end()
    assert site.runtime.rooms.open_keys() == ()


async def test_viewers_move_to_the_session_the_publisher_came_back_with(site: Site) -> None:
    room = await live_room()
    player = site.play(room.room_id)
    await player.until_body(KEYFRAME.body)
    before = len(player.body)

    await db(room.publishers.update)(gone=now())
    publisher = await db(PublisherFactory)(room=room)
    await site.runtime.expect(room.room_id, publisher.session, timeout=5)

    await player.until(lambda: len(player.body) > before)
    assert site.sidecar.opened[-1] == publisher.session
    await player.leave()


async def test_a_deactivated_user_is_put_out(site: Site) -> None:
    room = await live_room()
    fan = await db(UserFactory)()
    player = site.play(room.room_id, cookie=await cookie_of(fan))
    await player.until_body(KEYFRAME.body)

    await db(User.objects.filter(pk=fan.pk).update)(is_active=False)

    await player.end()


async def test_a_program_watches_with_its_token_until_that_ends(site: Site) -> None:
    room = await live_room()
    fan = await db(UserFactory)()
    bearer = f"Bearer {await token_of(fan)}"
    player = site.play(room.room_id, authorization=bearer)
    await player.until_body(KEYFRAME.body)

    await db(sign_out_everywhere)(fan)

    await player.end()


@pytest.mark.parametrize("token", ["x", "sa_x", "a.b.c", "x" * 64 * 1024, ""])
async def test_a_bad_token_is_told_so(site: Site, token: str) -> None:
    room = await live_room()

    player = await site.ask(room.room_id, authorization=f"Bearer {token}")

    assert (player.status, player.error["code"]) == (401, "token-invalid")
    assert player.headers["www-authenticate"] == 'Bearer realm="api"'


async def test_the_owners_key_plays_with_the_owners_token(site: Site) -> None:
    key = new_stream_key()
    owner = (await db(StreamKeyFactory)(key=key)).owner
    await live_room(owner=owner)

    mine = site.play(key, authorization=f"Bearer {await token_of(owner)}")

    await mine.until_body(KEYFRAME.body)
    await mine.leave()


async def test_the_owners_key_plays_for_the_owner_alone_and_until_it_is_changed(site: Site) -> None:
    key = new_stream_key()
    owner = (await db(StreamKeyFactory)(key=key)).owner
    await live_room(owner=owner)
    stranger = await db(UserFactory)()

    anybody = await site.ask(key)
    other = await site.ask(key, cookie=await cookie_of(stranger))
    mine = site.play(key, cookie=await cookie_of(owner))
    await mine.until_body(KEYFRAME.body)

    assert (anybody.status, other.status, mine.status) == (404, 404, 200)
    await db(StreamKey.objects.filter(owner=owner).update)(digest="changed")
    await mine.end()


async def test_the_first_picture_puts_the_room_on_air(site: Site) -> None:
    room = await db(RoomFactory)()
    publisher = await db(PublisherFactory)(room=room)

    await site.runtime.expect(room.room_id, publisher.session, timeout=5)

    await until_live(room)


async def test_after_a_restart_the_runtime_finds_who_waits_for_a_picture(site: Site) -> None:
    room = await db(RoomFactory)()
    await db(PublisherFactory)(room=room)

    site.runtime.start()

    await until_live(room)


async def test_while_the_database_is_away_one_is_told_to_come_back(site: Site) -> None:
    def lost(*_args: Any) -> Any:
        raise OperationalError("The connection is lost.")

    def lose(connection: Any, **_signal: Any) -> None:
        connection.execute_wrappers.append(lost)

    room = await live_room()
    connection_created.connect(lose)
    try:
        answers = [
            await site.ask(room.room_id),
            await site.ask(room.room_id, authorization="Bearer sa_" + "0" * 32),
            await site.ask(room.room_id, cookie="sessionid=0123456789abcdefghijklmnopqrstuv"),
        ]
    finally:
        connection_created.disconnect(lose)

    assert {answer.status for answer in answers} == {503}
    assert {answer.error["code"] for answer in answers} == {"unavailable"}
