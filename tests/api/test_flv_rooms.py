"""The FLV endpoint and whom a room lets in; pages of CLIENT_URL; crowds that come at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from accounts.models import User
from accounts.services import create_token
from rooms import services
from rooms.locks import ticket_for
from rooms.models import EndReason, Room
from streair.core.api.scopes import Scope
from streams.access import Viewer
from streams.admissions import Admissions
from streams.services import key_of
from tests.api.flv import Site, db, live_room
from tests.realtime.client import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "https://live.example.org"


@db
def change(room: Room, **given: Any) -> Room:
    return services.change_room(room=room, **given)


async def locked_room() -> Room:
    room: Room = await change(await live_room(), visibility="password", password="open sesame")
    return room


async def test_a_stranger_is_refused(site: Site) -> None:
    room = await locked_room()

    player = await site.ask(room.room_id)

    assert (player.status, player.error["code"]) == (403, "room-locked")
    assert room.title not in player.body.decode()
    assert site.sidecar.opened == []


@pytest.mark.parametrize("way", ["cookie", "header"])
async def test_a_ticket_lets_one_in(site: Site, way: str) -> None:
    room = await locked_room()
    ticket = ticket_for(room.lock)
    cookie = {"cookie": f"room-{room.room_id}={ticket}"}
    player = site.play(room.room_id, **(cookie if way == "cookie" else {"x-room-ticket": ticket}))

    await player.until_body(b"picture")

    assert player.status == 200
    await player.leave()


async def test_the_owner_needs_no_ticket(site: Site) -> None:
    room = await locked_room()
    player = site.play(room.room_id, cookie=f"sessionid={await sign_in(room.owner)}")

    await player.until_body(b"picture")
    await change(room, password="another")
    await asyncio.sleep(0)

    assert player.status == 200
    await player.leave()


@db
def bearer(user: User, *, without: str) -> dict[str, str]:
    scopes = [scope for scope in Scope.values if scope != without]
    made = create_token(user, name="Bot", scopes=scopes, expires=None, address="")
    return {"authorization": f"Bearer {made.secret}"}


async def test_a_token_needs_the_scope_for_rooms_to_enter_as_their_owner(site: Site) -> None:
    room = await locked_room()

    refused = await site.ask(room.room_id, **await bearer(room.owner, without="rooms:read"))
    player = site.play(room.room_id, **await bearer(room.owner, without="stream:read"))
    await player.until_body(b"picture")
    await player.leave()

    assert (refused.status, refused.error["code"]) == (403, "room-locked")


async def test_a_lock_ends_the_stream_of_its_owners_token_without_that_scope(site: Site) -> None:
    room = await change(await live_room(), visibility="unlisted")
    player = site.play(room.room_id, **await bearer(room.owner, without="rooms:read"))
    await player.until_body(b"picture")

    await change(room, visibility="password", password="open sesame")

    await player.end()


async def test_a_token_needs_the_scope_for_streams_to_preview_by_its_owners_key(
    site: Site,
) -> None:
    room = await change(await live_room(), visibility="unlisted")
    key = await db(key_of)(room.owner)

    refused = await site.ask(key, **await bearer(room.owner, without="stream:read"))
    player = site.play(key, **await bearer(room.owner, without="rooms:read"))
    await player.until_body(b"picture")
    await player.leave()

    assert (refused.status, refused.error["code"]) == (404, "room-not-found")


async def test_a_lock_ends_the_streams_of_those_it_keeps_out(site: Site) -> None:
    room = await change(await live_room(), visibility="unlisted")
    stranger = site.play(room.room_id)
    owner = site.play(room.room_id, cookie=f"sessionid={await sign_in(room.owner)}")
    await stranger.until_body(b"picture")
    await owner.until_body(b"picture")

    room = await change(room, visibility="password", password="open sesame")
    await stranger.end()
    holder = site.play(room.room_id, **{"x-room-ticket": ticket_for(room.lock)})
    await holder.until_body(b"picture")
    await change(room, password="another")
    await holder.end()

    assert not owner._task.done()
    await owner.leave()


async def test_pages_of_our_own_site_elsewhere_may_read_the_stream(
    site: Site, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    room = await live_room()

    ours = site.play(room.room_id, origin=ORIGIN)
    await ours.until_body(b"picture")
    await ours.leave()
    refused = await site.ask("nosuchroom", origin=ORIGIN)
    theirs = await site.ask("nosuchroom", origin="https://evil.example")

    for player in (ours, refused):
        assert player.headers["access-control-allow-origin"] == ORIGIN
        assert player.headers["access-control-allow-credentials"] == "true"
        assert "origin" in player.headers["vary"].lower()
    assert "access-control-allow-origin" not in theirs.headers


async def test_browsers_are_told_before_they_ask(site: Site, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    asked = {
        "access-control-request-method": "GET",
        "access-control-request-headers": "x-room-ticket",
    }

    ours = await site.ask("any", method="OPTIONS", origin=ORIGIN, **asked)
    theirs = await site.ask("any", method="OPTIONS", origin="https://evil.example", **asked)

    assert (ours.status, ours.body) == (200, b"")
    assert "x-room-ticket" in ours.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in theirs.headers


async def test_a_room_that_is_over_is_refused_soon(site: Site) -> None:
    room = await live_room()
    first = site.play(room.room_id)
    await first.until_body(b"picture")
    await db(services.end_room)(room=room, reason=EndReason.OWNER, block_encoder=False)
    await first.end()

    async with asyncio.timeout(10):
        while (await site.ask(room.room_id)).status != 404:
            pass


def test_who_got_in_is_remembered_for_a_second() -> None:
    clock, looks = [100.0], []
    admissions = Admissions(clock=lambda: clock[0])

    def look() -> tuple[str, Viewer]:
        looks.append(clock[0])
        return "room", Viewer()

    for at in (100.0, 100.9, 101.0, 101.5):
        clock[0] = at
        assert admissions.get("room", look) == ("room", Viewer())

    assert looks == [100.0, 101.0]


def test_refusals_are_not_remembered() -> None:
    admissions = Admissions()

    def refuse() -> tuple[str, Viewer]:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            admissions.get("room", refuse)
    assert admissions.get("room", lambda: ("room", Viewer()))[0] == "room"
