"""Which scopes a personal access token needs at the socket, command by command; one without an answer fails."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services import create_token
from chat.consumers import ChatConsumer
from rooms import services
from rooms.models import Room
from streair.core.api.scopes import Scope
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = """
ping
watch-lists
leave-room
join-room           chat:read
create-room         chat:read stream:read
chat-message        chat:write
agree-to-rules      chat:write
delete-message      chat:write
clear-chat          chat:moderate
time-out            chat:moderate
ban                 chat:moderate
forgive             chat:moderate
appoint-moderator   chat:moderate
dismiss-moderator   chat:moderate
set-modes           chat:moderate
panic               chat:moderate
list-held           chat:moderate
decide-held         chat:moderate
list-words          chat:moderate
add-word            chat:moderate
remove-word         chat:moderate
try-words           chat:moderate
look-up-person      chat:read
list-moderators     chat:read
"""
NEEDED = {name: scopes for name, *scopes in map(str.split, TABLE.strip().splitlines())}


@db
def bearer(user: User, *scopes: str) -> list[str]:
    made = create_token(user, name="Bot", scopes=list(scopes), expires=None, address="")
    return ["streair", f"bearer.{made.secret}"]


def test_every_command_says_which_scopes_it_needs() -> None:
    found = {
        name: [str(scope) for scope in getattr(handler, "scopes", None) or ()]
        for name, handler in ChatConsumer.commands.items()
    }

    assert found == NEEDED


@pytest.mark.parametrize(
    ("name", "missing"), [(name, scope) for name, scopes in NEEDED.items() for scope in scopes]
)
async def test_a_command_is_refused_without_its_scope(name: str, missing: str) -> None:
    room = await db(RoomFactory)()
    others = [scope for scope in Scope.values if scope != missing]
    wire = {"cookies": "", "subprotocols": await bearer(room.owner, *others)}

    async with connected(**wire) as bot:
        answer = await bot.call(name, roomId=room.room_id)

    assert (answer["event"], answer["data"]["code"]) == ("error", "scope-missing")


@pytest.mark.parametrize("name", ["join-room", "create-room"])
async def test_an_owners_locked_room_needs_the_scope_for_rooms(name: str) -> None:
    room = await locked_room()
    others = [scope for scope in Scope.values if scope != "rooms:read"]
    without = {"cookies": "", "subprotocols": await bearer(room.owner, *others)}
    with_it = {"cookies": "", "subprotocols": await bearer(room.owner, *NEEDED[name], "rooms:read")}

    async with connected(**without) as bot, connected(**with_it) as trusted:
        refused = await bot.call(name, roomId=room.room_id)
        answer = await trusted.call(name, roomId=room.room_id)

    assert refused["data"]["code"] == "room-locked"
    assert answer["event"] == "ack"


async def test_a_lock_shows_out_its_owners_token_that_may_not_see_rooms() -> None:
    room = await locked_room()
    await change(room, "public")
    without = {"cookies": "", "subprotocols": await bearer(room.owner, "chat:read")}

    async with connected(**without) as bot:
        assert (await bot.call("join-room", roomId=room.room_id))["event"] == "ack"
        await change(room, "password")

        assert (await bot.event("room-locked"))["data"] == {"roomId": room.room_id}


@db
def locked_room() -> Room:
    return services.open_room(
        owner=UserFactory(), title="Quiet", visibility="password", password="open sesame"
    )


@db
def change(room: Room, visibility: str) -> None:
    password = "another" if visibility == "password" else ""
    services.change_room(room=room, visibility=visibility, password=password)
