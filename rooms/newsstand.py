"""Who of those that have a page open here is to hear that somebody they follow is live."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async

from accounts.selectors import told_on_site
from rooms.events import ChannelLive
from rooms.services.announcing import GROUP
from streair.core.realtime import frames
from streair.core.realtime.hub import Hub
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.receivers import takes_over

# SQLite takes so many numbers in one question with ease.
_AT_ONCE = 1000

_told_on_site = database_sync_to_async(told_on_site, thread_sensitive=False)


class Newsstand:
    """The sockets of people who are signed in, in this process."""

    def __init__(self) -> None:
        self._sockets: dict[int, set[Outbox]] = {}

    async def enter(self, user_id: int, outbox: Outbox, hub: Hub) -> None:
        """Let `outbox` hear news for this person."""
        self._sockets.setdefault(user_id, set()).add(outbox)
        await hub.join(GROUP, outbox)

    def leave(self, user_id: int, outbox: Outbox) -> None:
        """Undo `enter`; the hub forgets the socket by itself."""
        sockets = self._sockets.get(user_id, set())
        sockets.discard(outbox)
        if not sockets:
            self._sockets.pop(user_id, None)

    async def tell(self, data: dict[str, Any]) -> None:
        """Tell those here who follow the streamer and want to know."""
        frame = frames.event(ChannelLive.name, data)
        people = list(self._sockets)
        for first in range(0, len(people), _AT_ONCE):
            some = people[first : first + _AT_ONCE]
            for user_id in await _told_on_site(data["userId"], some):
                for outbox in self._sockets.get(user_id, ()):
                    outbox.put(frame)


current_newsstand = per_loop(Newsstand)


@takes_over(ChannelLive.name)
async def _channel_live(_hub: Hub, message: dict[str, Any]) -> None:
    await current_newsstand().tell(message["data"])
