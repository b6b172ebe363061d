"""Events of other processes come in by POST /hooks/event, from programs of ours and nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import AsyncClient

from streair.core.realtime import bridge
from tests.factories import RoomFactory
from tests.realtime.client import db, watching

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = {"X-Hook-Secret": settings.HOOK_SECRET}


class Caller(AsyncClient):
    """A program at an address of our choice, with these headers."""

    def __init__(self, peer: str = "127.0.0.1", **headers: str) -> None:
        super().__init__()
        self.peer = peer
        self.sends = headers

    async def request(self, **request: Any) -> Any:
        """Send a request from the address."""
        return await super().request(**{**request, "client": [self.peer, 40000]})


async def post(
    body: Any, *, path: str = bridge.PATH, peer: str = "127.0.0.1", **headers: str
) -> int:
    """Return the status that a request with these headers gets."""
    caller = Caller(peer, **headers)
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    answer = await caller.post(path, data, content_type="application/json", headers=caller.sends)
    return int(answer.status_code)


def an_event(group: str) -> dict[str, Any]:
    message = {"type": "event.publish", "group": group, "event": "stream-started", "data": {}}
    return {"group": group, "message": message}


async def test_an_event_of_the_worker_reaches_the_pages() -> None:
    room = await db(RoomFactory)()

    async with watching(room) as viewer:
        status = await post(an_event(room.group), **SECRET)

        assert status == 204
        await viewer.event("stream-started")


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("127.0.0.1", {}),
        ("127.0.0.1", {"X-Hook-Secret": "wrong"}),
        ("127.0.0.1", {"X-Hook-Secret": ""}),
        ("203.0.113.7", SECRET),
        # By way of the proxy in front of us.
        ("127.0.0.1", {**SECRET, "X-Real-IP": "203.0.113.7"}),
    ],
)
async def test_outsiders_find_nothing_here(peer: str, headers: dict[str, str]) -> None:
    room = await db(RoomFactory)()

    async with watching(room) as viewer:
        assert await post(an_event(room.group), peer=peer, **headers) == 404

        assert "stream-started" not in await viewer.has_heard()


async def test_only_posts_to_the_exact_address_are_answered() -> None:
    caller = Caller(**SECRET)

    assert (await caller.get(bridge.PATH, headers=caller.sends)).status_code == 404
    assert (await caller.put(bridge.PATH, headers=caller.sends)).status_code == 404
    assert await post(an_event("room.a"), path=f"{bridge.PATH}/", **SECRET) == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        b"\xff\xfe",
        [],
        {},
        {"group": "room.a"},
        {"group": 7, "message": {"event": "e", "data": {}}},
        {"group": "room.a", "message": []},
        {"group": "room.a", "message": {"event": "e", "data": []}},
        {"group": "room.a", "message": {"event": None, "data": {}}},
        {"group": "no group: ü", "message": {"event": "e", "data": {}}},
        {"group": "g" * 200, "message": {"event": "e", "data": {}}},
        {"group": "room.a", "message": {"event": "e", "data": {"x": "x" * 70_000}}},
    ],
)
async def test_what_is_no_event_is_refused(body: Any) -> None:
    assert await post(body, **SECRET) == 422


async def test_only_events_come_in_this_way() -> None:
    room = await db(RoomFactory)()
    control = {"type": "presence.changed", "event": "stream-started", "data": {}}

    async with watching(room) as viewer:
        await post({"group": room.group, "message": control}, **SECRET)

        await viewer.event("stream-started")
