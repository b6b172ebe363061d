"""While the channel layer is away, what other processes write is read from the database."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from chat import selectors
from streair.core.realtime.hub import Hub, current_hub
from streair.core.realtime.receivers import DEAF, handlers
from tests.eventually import comes_true
from tests.factories import MessageFactory, RoomFactory
from tests.realtime.client import db, watching
from tests.realtime.test_hub import Layer, Reader, running


@pytest.mark.parametrize("lost", ["is_deaf", "is_away"])
async def test_every_room_is_looked_at_again_and_again(
    monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    looked_at: list[str] = []

    async def look(_hub: Hub, message: dict[str, str]) -> None:
        looked_at.append(message["group"])

    monkeypatch.setitem(handlers, DEAF, [look])
    layer, first, second = Layer(), Reader(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", first.box)
        await hub.join("room.b", second.box)
        setattr(layer, lost, True)

        await comes_true(lambda: min(map(looked_at.count, ("room.a", "room.b"))) > 3)


@pytest.mark.django_db(transaction=True)
async def test_a_page_reads_what_another_process_wrote() -> None:
    room = await db(RoomFactory)()

    async with watching(room) as page:
        written = [(await db(MessageFactory)(room=room)).pk for _ in range(3)]
        for _ in range(2):
            await current_hub()._hand_on({"type": DEAF, "group": room.group})

        heard = [(await page.event("new-message"))["data"]["id"] for _ in written]
        assert heard == written
        assert "new-message" not in await page.has_heard()


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_is_away_as_well_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = await db(RoomFactory)()

    def lost(*_args: object, **_options: object) -> None:
        raise OperationalError("The database is away.")

    async with watching(room) as page:
        with monkeypatch.context() as patch:
            patch.setattr(selectors, "rows_after", lost)
            await current_hub()._hand_on({"type": DEAF, "group": room.group})
        written = await db(MessageFactory)(room=room)
        await current_hub()._hand_on({"type": DEAF, "group": room.group})

        assert (await page.event("new-message"))["data"]["id"] == written.pk
