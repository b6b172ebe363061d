"""What all who share an address may say together."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from chat import limits
from chat.models import Moderator
from chat.runtime.places import MESSAGES, Places
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, db, watching
from tests.realtime.test_chat import refused, said

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user, new_users = db(RoomFactory), db(UserFactory), db(UserFactory.create_batch)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    """Buckets into which nothing runs."""
    stopped = Places(clock=lambda: 100.0)
    monkeypatch.setattr("chat.consumers.current_places", lambda: stopped)
    return stopped


async def test_a_crowd_at_one_address_shares_a_limit_that_holds_neither_others_nor_moderators(
    places: Places,
) -> None:
    room, ada = await new_room(), await new_user()

    async with AsyncExitStack() as stack:
        for user in await new_users(MESSAGES // limits.MESSAGES):
            speaker = await stack.enter_async_context(watching(room, user=user))
            for number in range(limits.MESSAGES):
                await said(speaker, str(number))

        async with watching(room, user=ada) as viewer:
            answer = await viewer.call("chat-message", message="one too many")
            assert (answer["data"]["code"], answer["data"]["retryAfter"]) == ("too-fast", 1)

            # Who was appointed since they came is asked for, and not counted either.
            await db(Moderator.objects.create)(owner=room.owner, user=ada)
            for number in range(2 * limits.MESSAGES):
                await said(viewer, str(number))
        async with watching(room, user=room.owner) as owner:
            await said(owner, "order!")
        elsewhere = ("198.51.100.7", 50000)
        async with watching(room, user=await new_user(), client=elsewhere) as viewer:
            await said(viewer, "hello")


async def test_one_household_has_a_whole_network_of_ipv6(places: Places) -> None:
    room = await new_room()
    for _ in range(MESSAGES):
        places.take("2001:db8::/64")

    async with connected(await new_user(), client=("2001:db8::77", 50000)) as viewer:
        await viewer.call("join-room", roomId=room.room_id)
        assert await refused(viewer, "chat-message", message="hello") == "too-fast"
    async with watching(room, await new_user(), client=("2001:db8:0:1::77", 50000)) as viewer:
        await said(viewer, "hello")


async def test_whoever_is_refused_takes_nothing_from_their_neighbours(places: Places) -> None:
    room = await new_room()

    async with (
        watching(room, user=await new_user()) as loud,
        watching(room, user=await new_user()) as calm,
    ):
        for number in range(limits.MESSAGES):
            await said(loud, str(number))
        for _ in range(40):
            assert await refused(loud, "chat-message", message="again") == "too-fast"
        for _ in range(MESSAGES - limits.MESSAGES - 1):
            places.take("192.0.2.1")

        await said(calm, "hello")
