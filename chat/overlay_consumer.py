"""The socket of an overlay: it reads the chat of one streamer, and there is nothing else it can do."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now

from chat.runtime.feeds import current_feeds
from chat.runtime.overlays import current_overlays
from rooms.groups import group_of
from rooms.visitors import visitor_of
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.consumer import CommandConsumer, Data, command
from streair.core.realtime.outbox import Outbox

_LARGEST_ID = 2**53


class OverlayConsumer(CommandConsumer):
    """Shows what is said in the room that its streamer has open, private ones included.

    Who is signed in in the browser does not matter, and it is no viewer to be counted.
    """

    _room_id: str | None = None
    _listener: Outbox | None = None

    @command("join-overlay")
    async def join_overlay(self, data: Data) -> Data:
        """Open the chat that a secret is for; after `overlay-moved` the next room's."""
        secret, since = data.get("secret"), data.get("lastMessageId")
        self._close_room()
        self.outbox.hold()
        try:
            found = await current_overlays().enter(
                secret if isinstance(secret, str) else "", self.outbox
            )
            chat = await self._open_room(found, since if _is_id(since) else None)
        except BaseException:
            self._close_room()
            self.outbox.forgo()
            raise
        return {"roomId": found or None, "serverTime": now().isoformat(), "messages": [], **chat}

    def known_as(self) -> str | None:
        """Return the visitor that the browser's cookie names."""
        visitor = visitor_of(self.cookies)
        return f"visitor:{visitor}" if visitor else None

    async def left(self) -> None:
        """The overlay is gone."""
        self._close_room()

    async def _open_room(self, room_id: str, since: int | None) -> Data:
        if not room_id:
            return {}
        self._room_id = room_id
        # Its chat is told by the room's feed alone. What else happens in the room is none of an
        # overlay's business: somebody has to subscribe for the feed, but nothing is passed on.
        self._listener = Outbox()
        self._listener.close(CloseCode.POLICY)
        await self.hub.join(group_of(room_id), self._listener)
        said: Data = await current_feeds().open(room_id, self.outbox, user_id=None, since=since)
        return said

    def _close_room(self) -> None:
        current_overlays().leave(self.outbox)
        if self._room_id is not None:
            current_feeds().close(self._room_id, self.outbox)
            self._room_id = None
        if self._listener is not None:
            self.hub.forget(self._listener)
            self._listener = None


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < _LARGEST_ID
