"""The short way of a message to PostgreSQL: the same outcomes as the long one, or not taken at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from channels.db import database_sync_to_async
from django.db import connection

from accounts.models import User
from chat import services
from chat.models import Message, Scope
from chat.runtime import express
from chat.services import Draft, Modes, Written
from rooms.models import Room
from streair.core.errors import NotAllowed
from streair.core.postgresql.wires import current_wires
from tests.factories import RoomFactory, UserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="It is for PostgreSQL; `make test` runs it there."
    ),
]

db = database_sync_to_async


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = await db(RoomFactory)()
    await said(made, await db(UserFactory)(), "The first one makes the chat.")
    yield made
    await current_wires().close()


@pytest.fixture
async def ada() -> User:
    made: User = await db(UserFactory)()
    return made


async def said(room: Room, author: User, text: str) -> Written:
    (outcome,) = await db(services.write)(room_id=room.room_id, drafts=[Draft(author.pk, text)])
    assert isinstance(outcome, Written)
    return outcome


def texts(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("pk").values_list("text", flat=True))


async def test_messages_are_written_in_order_and_name_their_predecessors(
    room: Room, ada: User
) -> None:
    before = await said(room, ada, "before")
    bob = await db(UserFactory)()

    outcomes = await express.write(room.room_id, [Draft(ada.pk, "one"), Draft(bob.pk, "two")])

    assert outcomes is not None
    first, second = outcomes
    assert isinstance(first, Written)
    assert isinstance(second, Written)
    assert first.previous_id == before.event.id
    assert second.previous_id == first.event.id
    assert (await db(texts)(room))[-3:] == ["before", "one", "two"]


async def test_it_judges_as_the_long_way_does(room: Room, ada: User) -> None:
    await db(services.ban)(room=room, actor_id=room.owner_id, user_id=ada.pk, scope=Scope.CHAT)

    outcomes = await express.write(
        room.room_id, [Draft(ada.pk, "one"), Draft(room.owner_id, "two")]
    )

    assert outcomes is not None
    refused, written = outcomes
    assert isinstance(refused, NotAllowed)
    assert refused.code == "banned"
    assert isinstance(written, Written)


@pytest.mark.parametrize("why", ["reply", "mode", "word", "no-chat", "nobody"])
async def test_what_takes_more_goes_the_long_way_and_finds_nothing_locked(
    room: Room, ada: User, why: str
) -> None:
    draft, place = Draft(ada.pk, "A word."), room
    if why == "reply":
        draft = Draft(ada.pk, "A reply.", reply_to=(await said(room, ada, "Hello.")).event.id)
    elif why == "mode":
        await db(services.change_modes)(
            room=room, actor_id=room.owner_id, modes=Modes(verified_only=True)
        )
    elif why == "word":
        await db(services.add_word)(
            room=room, actor_id=room.owner_id, text="word", treatment="hide"
        )
    elif why == "no-chat":
        place = await db(RoomFactory)()
    elif why == "nobody":
        draft = Draft(1 << 40, "A word.")

    assert await express.write(place.room_id, [draft]) is None

    await db(services.write)(room_id=place.room_id, drafts=[draft])
