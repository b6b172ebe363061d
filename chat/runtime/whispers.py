"""What only some of a room's readers hear: who keeps order there, and whom it is about."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from chat.events import HeldSettled, MessageHeld
from chat.runtime.feed import Feed
from chat.runtime.feeds import current_feeds
from chat.selectors import keepers
from rooms.selectors import room_for_viewer
from streair.core.realtime import frames
from streair.core.realtime.hub import Hub
from streair.core.realtime.receivers import takes_over


def _keepers(room_id: str) -> set[int]:
    return keepers(room_for_viewer(room_id))


_find_keepers = database_sync_to_async(_keepers, thread_sensitive=False)


@takes_over(MessageHeld.name)
async def _held(_hub: Hub, message: dict[str, Any]) -> None:
    await _tell_keepers(message["event"], message["data"])


@takes_over(HeldSettled.name)
async def _settled(_hub: Hub, message: dict[str, Any]) -> None:
    name, data = message["event"], message["data"]
    feed = current_feeds().find(data["roomId"])
    if feed is None:
        return
    told = await _tell_keepers(name, data)
    if data["userId"] not in told:
        _tell(feed, data["userId"], frames.event(name, {**data, "by": ""}))


async def _tell_keepers(name: str, data: dict[str, Any]) -> set[int]:
    """Tell those who keep order right now, not those who once did; return who they are."""
    feed = current_feeds().find(data["roomId"])
    if feed is None or not feed.people:
        return set()
    told: set[int] = await _find_keepers(data["roomId"]) & feed.people
    frame = frames.event(name, data)
    for user_id in told:
        _tell(feed, user_id, frame)
    return told


def _tell(feed: Feed, user_id: int, frame: str) -> None:
    for outbox in feed.sockets_of(user_id):
        outbox.put(frame)
