"""The list of rooms as the API gives it, and rooms on air to stand in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils.timezone import now

from rooms.models import Room, RoomState
from tests.factories import RoomFactory

ADDRESS = "/api/rooms"


def on_air(minutes: float = 5, state: RoomState = RoomState.LIVE, **fields: Any) -> Room:
    return RoomFactory(state=state, live_since=now() - timedelta(minutes=minutes), **fields)


def ids(client: Client, **query: Any) -> list[str]:
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return [room["roomId"] for room in answer.json()]


def all_pages(client: Client, query: str) -> list[str]:
    seen, address = [], f"{ADDRESS}?{query}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        seen += [room["roomId"] for room in answer.json()]
        address = answer.get("Link", "").partition("<http://testserver")[2].partition(">")[0]
    return seen
