"""The chats that are open in this process, and how they hear of what other processes do."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chat import selectors
from chat.events import ChatCleared, MessageDeleted, MessageSent, MessagesHidden
from chat.models import Message
from chat.runtime.feed import Feed, Missed
from chat.runtime.lines import KEPT, Line, Own
from chat.runtime.rights import look_up
from chat.services import RightsChanged
from rooms.selectors import room_for_viewer
from streair.core.realtime import frames
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.hub import Hub
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.receivers import DEAF, GAP, receives, takes_over

logger = logging.getLogger(__name__)

# What another process wrote: {roomId, lines: [[previous id, id, user id, data as JSON], …]}.
SAID = "chat.said"
_MOST_AT_ONCE = 500
_ROOM_GROUP = re.compile(r"room\.([a-z0-9]{1,24})")


class DatabaseArchive:
    """The messages of one room, from the database."""

    def __init__(self, room_id: str) -> None:
        self._room_id = room_id
        self._room_pk: int | None = None
        self.latest = _in_a_thread(self._latest)
        self.after = _in_a_thread(self._after)
        self.missed = _in_a_thread(self._missed)
        self.removed = _in_a_thread(self._removed)

    def _latest(self) -> tuple[int, list[Line]]:
        last, messages = selectors.latest(self._pk(), limit=KEPT)
        return last, self._lines(messages)

    def _after(self, message_id: int) -> list[Line]:
        return self._lines(selectors.rows_after(self._pk(), message_id, limit=_MOST_AT_ONCE))

    def _missed(self, message_id: int) -> Missed:
        found = selectors.missed(self._pk(), message_id)
        return Missed(self._lines(found.messages), found.removed, found.gap)

    def _removed(self, message_id: int) -> list[int]:
        return selectors.removed_until(self._pk(), message_id)

    def _lines(self, messages: list[Message]) -> list[Line]:
        return [Line.read(message, self._room_id) for message in messages]

    def _pk(self) -> int:
        if self._room_pk is None:
            self._room_pk = room_for_viewer(self._room_id).pk
        return self._room_pk


class Feeds:
    """One feed for each room that somebody has open here."""

    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}
        self._holders: dict[str, set[Outbox]] = {}

    async def open(
        self, room_id: str, outbox: Outbox, *, user_id: int | None, since: int | None
    ) -> dict[str, Any]:
        """Let `outbox`, which hears the room's group already, read its chat; return what was said."""
        feed = self._feeds.get(room_id)
        if feed is None:
            feed = self._feeds[room_id] = Feed(room_id, DatabaseArchive(room_id))
        self._holders.setdefault(room_id, set()).add(outbox)
        return await feed.open(outbox, user_id, since)

    def close(self, room_id: str, outbox: Outbox) -> None:
        """Undo `open`, whether it came to its end or not. The last one takes the feed along."""
        holders = self._holders.get(room_id, set())
        holders.discard(outbox)
        feed = self._feeds.get(room_id)
        if feed is None:
            return
        feed.close(outbox)
        if not holders:
            # Nobody keeps it current from now on: whoever comes next begins anew.
            del self._feeds[room_id], self._holders[room_id]
            feed.stop()

    def find(self, room_id: str) -> Feed | None:
        """Return the feed of a room that is open here."""
        return self._feeds.get(room_id)

    def take(self, room_id: str, lines: list[Line], own: list[tuple[int, Own]]) -> None:
        """Take in messages of a room, if anybody here reads it."""
        feed = self._feeds.get(room_id)
        if feed is not None:
            feed.take(lines, own)


current_feeds = per_loop(Feeds)


def _in_a_thread(look: Any) -> Any:
    return database_sync_to_async(look, thread_sensitive=False)


# --- What reaches this process over the channel layer ---


@receives(SAID)
async def _take(_hub: Hub, message: dict[str, Any]) -> None:
    lines = [Line(*fields) for fields in message["lines"]]
    current_feeds().take(message["roomId"], lines, [])


@takes_over(MessageSent.name)
async def _look(_hub: Hub, message: dict[str, Any]) -> None:
    """A service wrote a message: it is read from the database, in its place."""
    feed = current_feeds().find(message["data"]["roomId"])
    if feed is not None:
        await feed.fill()


@takes_over(MessageDeleted.name)
@takes_over(MessagesHidden.name)
@takes_over(ChatCleared.name)
async def _remove(_hub: Hub, message: dict[str, Any]) -> None:
    data = message["data"]
    feed = current_feeds().find(data["roomId"])
    if feed is not None:
        feed.remove(message["event"], data)


@receives(GAP)
async def _catch_up(_hub: Hub, message: dict[str, Any]) -> None:
    match = _ROOM_GROUP.fullmatch(message["group"])
    feed = current_feeds().find(match[1]) if match else None
    if feed is not None:
        await feed.catch_up()
        await asyncio.gather(*(_tell_rights(feed, user_id) for user_id in feed.people))


@receives(DEAF)
async def _read_instead(_hub: Hub, message: dict[str, Any]) -> None:
    """Nothing comes from other processes: what they write is read from the database meanwhile."""
    match = _ROOM_GROUP.fullmatch(message["group"])
    feed = current_feeds().find(match[1]) if match else None
    if feed is not None:
        try:
            await feed.fill()
        except DatabaseError as exc:
            logger.warning("The chat of %s is not read either: %s", feed.room_id, exc)


@takes_over(RightsChanged.name)
async def _look_at_rights(_hub: Hub, message: dict[str, Any]) -> None:
    data = message["data"]
    feed = current_feeds().find(data["roomId"])
    if feed is not None and data["userId"] in feed.people:
        await _tell_rights(feed, data["userId"])


async def _tell_rights(feed: Feed, user_id: int) -> None:
    """Tell somebody's pages what they may do now; close those who may not even watch."""
    rights = await look_up(feed.room_id, user_id)
    frame = frames.event("rights-changed", {"roomId": feed.room_id, "you": rights.as_dict()})
    for outbox in feed.sockets_of(user_id):
        outbox.put(frame)
        if rights.standing is not None and rights.standing.is_shut_out:
            outbox.close(CloseCode.SHUT_OUT, "banned from the room")
