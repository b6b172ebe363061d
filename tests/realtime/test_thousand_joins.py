"""Messages are written all the while a thousand pages join: nobody misses or doubles one."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from django.test import override_settings

from tests.factories import RoomFactory
from tests.realtime.client import Viewer, connected, db, watching
from tests.realtime.test_chat import said

PAGES = 1000
AT_ONCE = 50


class Page:
    """A page that joins once, half of them as if they had been there before."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.ids: list[int] = []
        self.since = 0

    async def join(self, room_id: str, since: int | None) -> None:
        self.since = since or 0
        data = {"roomId": room_id, "lastMessageId": since}
        await self._viewer.send_text(json.dumps({"event": "join-room", "data": data, "id": 1}))
        await self._hear_until(lambda frame: frame.get("id") == 1)

    async def hear_up_to(self, message_id: int) -> None:
        while max([self.since, *self.ids[-1:]]) < message_id:
            await self._hear_until(lambda frame: frame["event"] == "new-message")

    async def _hear_until(self, is_it: Any) -> None:
        while True:
            frame = await self._viewer._frame()
            if frame["event"] == "new-message":
                self.ids.append(frame["data"]["id"])
            elif frame["event"] == "ack":
                self.ids += [each["id"] for each in frame["data"]["messages"]]
            if is_it(frame):
                return


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
@override_settings(RATE_LIMIT_ENABLED=False)
async def test_nobody_misses_or_doubles_what_is_said_while_they_join() -> None:
    room = await db(RoomFactory)()
    written: list[int] = []
    pages: list[Page] = []
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        async with watching(room, user=room.owner) as owner:
            while not is_over.is_set():
                written.append(await said(owner, f"{number}"))
                await asyncio.sleep(0.15)  # A socket may say sixty things in ten seconds.

    async def join(stack: AsyncExitStack, number: int) -> None:
        page = Page(await stack.enter_async_context(connected(visitor=f"visitor-{number % 10}")))
        pages.append(page)
        since = max(written, default=0) if number % 2 else None
        await page.join(room.room_id, since)

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(write(number))
        for first in range(0, PAGES, AT_ONCE):
            await asyncio.gather(*(join(stack, first + number) for number in range(AT_ONCE)))
        is_over.set()
        await asyncio.sleep(0.5)
        last = max(written)
        await asyncio.gather(*(page.hear_up_to(last) for page in pages))

        everything = sorted(written)
        assert len(everything) > 20
        for page in pages:
            first = page.since + 1 if page.since else page.ids[0]
            assert page.ids == [each for each in everything if each >= first]
