"""Which room each overlay shows, and whether its link still holds: the rows are the truth."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from chat import selectors
from chat.overlays import public_id_of
from streair.core.errors import NotFound
from streair.core.realtime import frames
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop
from streair.core.realtime.periodic import Periodic

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0

_rooms = database_sync_to_async(selectors.overlay_rooms, thread_sensitive=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """The link that an overlay was opened with, and the room that it shows; "" is none."""

    public_id: str
    room_id: str


class Overlays:
    """Compares the overlays that are open in a process with the database, in one query a second.

    So nobody who opens or ends a room or renews a link has to remember them. While the database
    is away everything stays as it is.
    """

    def __init__(self, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._shown: dict[Outbox, Shown] = {}
        self._rounds = Periodic(self._check, seconds=check_seconds)

    async def enter(self, secret: str, outbox: Outbox) -> str:
        """Let `outbox` be told of other rooms and of the link's end; return the room to show.

        Raises NotFound for a secret that is none, or not any more.
        """
        public_id = public_id_of(secret)
        # Asking the database only for what we signed: guesses cost nothing but their signature.
        rooms: dict[str, str] = await _rooms([public_id]) if public_id is not None else {}
        if public_id is None or public_id not in rooms:
            raise NotFound(_("This link to the chat no longer works."), code="overlay-not-found")
        self._shown[outbox] = Shown(public_id, rooms[public_id])
        self._rounds.start()
        return rooms[public_id]

    def leave(self, outbox: Outbox) -> None:
        """Stop watching: the overlay is gone."""
        self._shown.pop(outbox, None)

    async def _check(self) -> bool:
        if not self._shown:
            return False
        try:
            rooms = await _rooms({shown.public_id for shown in self._shown.values()})
        except DatabaseError as exc:
            logger.warning("Overlays were not compared with the database: %s", exc)
            return True
        for outbox, shown in list(self._shown.items()):
            room_id = rooms.get(shown.public_id)
            if room_id is None:
                self.leave(outbox)
                outbox.close(CloseCode.SHUT_OUT, "overlay link renewed")
            elif room_id != shown.room_id:
                # It joins again, and shows that one.
                self._shown[outbox] = Shown(shown.public_id, room_id)
                outbox.put(frames.event("overlay-moved", {"roomId": room_id or None}))
        return bool(self._shown)


current_overlays = per_loop(Overlays)
