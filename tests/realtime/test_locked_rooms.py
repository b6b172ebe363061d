"""Sockets and rooms with a password: who gets in, and who is shown out."""

from __future__ import annotations

from typing import Any

import pytest

from rooms import services
from rooms.locks import ticket_for
from rooms.models import Room
from tests.factories import UserFactory
from tests.realtime.client import Viewer, connected, db, watching

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "open sesame"


@db
def locked_room() -> Room:
    return services.open_room(
        owner=UserFactory(), title="Quiet", visibility="password", password=SECRET
    )


@db
def change(room: Room, **given: Any) -> Room:
    return services.change_room(room=room, **given)


async def code_of(viewer: Viewer, room: Room, **data: Any) -> str:
    answer = await viewer.call("join-room", roomId=room.room_id, **data)
    return str(answer["data"].get("code", answer["event"]))


async def test_a_stranger_is_told_nothing() -> None:
    room = await locked_room()

    async with connected() as stranger:
        answer = await stranger.call("join-room", roomId=room.room_id)
        await change(room, title="Still quiet")

        assert (answer["event"], answer["data"]["code"]) == ("error", "room-locked")
        assert "Quiet" not in str(answer)
        assert await stranger.has_heard() == []


async def test_a_ticket_or_its_cookie_lets_one_in() -> None:
    room = await locked_room()
    ticket = ticket_for(room.lock)

    async with connected() as app, connected(cookies=f"room-{room.room_id}={ticket}") as page:
        assert await code_of(app, room, ticket=f"{ticket}x") == "room-locked"
        assert await code_of(app, room, ticket={"a": 1}) == "room-locked"
        assert await code_of(app, room, ticket=ticket) == "ack"
        assert await code_of(page, room) == "ack"


async def test_the_owner_needs_no_ticket() -> None:
    room = await locked_room()

    async with watching(room, room.owner), watching(room, room.owner, command="create-room") as own:
        assert own.snapshot["you"]["isOwner"]


async def test_a_lock_shows_strangers_out_and_the_owner_stays() -> None:
    room = await locked_room()
    await change(room, visibility="public")

    async with watching(room) as stranger, watching(room, room.owner) as owner:
        await change(room, visibility="password", password="another", title="Secret")
        heard = await stranger.event("room-locked")
        await change(room, title="More secret")

        assert heard["data"] == {"roomId": room.room_id}
        assert "room-updated" not in await stranger.has_heard()
        assert await code_of(stranger, room) == "room-locked"
        assert await owner.has_heard() != []


async def test_a_new_password_shows_holders_of_the_old_one_out() -> None:
    room = await locked_room()

    async with connected() as viewer:
        assert await code_of(viewer, room, ticket=ticket_for(room.lock)) == "ack"
        room = await change(room, password="another")
        await viewer.event("room-locked")

        assert await code_of(viewer, room, ticket=ticket_for(room.lock)) == "ack"


async def test_whoever_left_by_themselves_hears_nothing_of_a_lock() -> None:
    room = await locked_room()
    await change(room, visibility="public")

    async with watching(room) as leaver, watching(room) as stayer:
        await leaver.call("leave-room")
        await change(room, visibility="password", password="another")
        await stayer.event("room-locked")

        assert "room-locked" not in await leaver.has_heard()
