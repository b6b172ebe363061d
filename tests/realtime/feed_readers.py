"""A room's feed without a database: what was written, and who reads."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from chat.runtime.feed import Feed, Missed
from chat.runtime.lines import KEPT, Line
from streair.core.realtime.frames import Prepared
from streair.core.realtime.outbox import Outbox
from tests.eventually import comes_true


def line(number: int, previous: int, *, user: int = 1, shown: bool = True) -> Line:
    return Line(previous, number, user, json.dumps({"id": number}), shown)


class Records:
    """The database: whatever was written, in order; may be asked to wait."""

    def __init__(self, *ids: int) -> None:
        self.lines: list[Line] = []
        self.gone: list[int] = []
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.write(*ids)

    def write(self, *ids: int, user: int = 1) -> list[Line]:
        written = []
        for number in ids:
            written.append(line(number, self.lines[-1].id if self.lines else 0, user=user))
            self.lines.append(written[-1])
        return written

    async def latest(self) -> tuple[int, list[Line]]:
        found = list(self.lines[-KEPT:])
        await self._answer()
        return (found[-1].id if found else 0), found

    async def after(self, message_id: int) -> list[Line]:
        found = [each for each in self.lines if each.id > message_id]
        await self._answer()
        return found

    async def missed(self, message_id: int) -> Missed:
        found = await self.after(message_id)
        return Missed(found if len(found) <= 200 else [], self.gone, gap=len(found) > 200)

    async def removed(self, message_id: int) -> list[int]:
        return self.gone

    async def _answer(self) -> None:
        self.asked += 1
        await self.may_answer.wait()


class Box(Outbox):
    """A socket that keeps what it is told, piece by piece."""

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[str, ...]] = []

    def put_prepared(self, events: Prepared) -> None:
        self.pieces.append(events.texts)


class Reader:
    """Somebody with a socket, and what they were told when they came."""

    def __init__(self) -> None:
        self.box = Box()
        self.first: list[int] = []
        self.answer: dict[str, Any] = {}

    async def opens(self, feed: Feed, since: int | None = None) -> Reader:
        self.answer = await feed.open(self.box, None, since)
        self.first = [each["id"] for each in json.loads(self.answer["messages"].text)]
        return self

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(text) for piece in self.box.pieces for text in piece]

    @property
    def heard(self) -> list[int]:
        return [each["data"]["id"] for each in self.events if each["event"] == "new-message"]

    async def has(self, *ids: int) -> None:
        await comes_true(lambda: self.heard == list(ids))
