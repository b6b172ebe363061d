"""What a process saw of the rooms that are open in it, until it is written down."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error
from django.utils.timezone import now

from rooms.attendance import Attendance
from rooms.services import Note
from rooms.sketch import Sketch

logger = logging.getLogger(__name__)

WRITE_SECONDS = 15.0

# Writes one room's note; whether the room was on air.
Write = Callable[[str, Note], Awaitable[bool]]


@dataclass(slots=True)
class _Tally:
    """One room, since it was last written down."""

    since: datetime = field(default_factory=now)
    people: Sketch = field(default_factory=Sketch)
    peak: int = 0
    lately: int = 0  # The peak since it was last written down.
    seconds: float = 0.0
    is_news: bool = False


class AudienceBook:
    """Watches the attendance of rooms, and has it written down now and then."""

    def __init__(self, write: Write, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._tallies: dict[str, _Tally] = {}
        self._looked_at: float | None = None

    def look(self, rooms: Mapping[str, Attendance]) -> None:
        """Take note of who is there; called once a second."""
        seconds = 0.0 if self._looked_at is None else self._clock() - self._looked_at
        self._looked_at = self._clock()
        for room_id, room in rooms.items():
            if room.people or room.unseen:
                self._look_at(self._tallies.setdefault(room_id, _Tally()), room, seconds)

    def pause(self) -> None:
        """Nobody is here: what passes until the next look is not watched by anybody."""
        self._looked_at = None

    async def write(self, rooms: Mapping[str, Attendance]) -> bool:
        """Write down what is new, and forget rooms that nobody has open; whether any are left.

        What fails is kept for the next time.
        """
        try:
            for room_id, tally in list(self._tallies.items()):
                if tally.is_news:
                    await self._write_down(room_id, tally, rooms.get(room_id))
        except Error as exc:
            logger.warning("How many people watch was not written down: %s", exc)
        for room_id, tally in list(self._tallies.items()):
            if room_id not in rooms and not tally.is_news:
                del self._tallies[room_id]
        return bool(self._tallies or rooms)

    def _look_at(self, tally: _Tally, room: Attendance, seconds: float) -> None:
        # Who is in several processes is counted in each of them: every one answers for its share.
        tally.seconds += len(room.people) * room.share * seconds
        tally.lately = max(tally.lately, room.most, room.count)
        tally.peak = max(tally.peak, tally.lately)
        for key in room.unseen:
            tally.people.add(key)
        room.unseen.clear()
        room.most = 0
        tally.is_news = True

    async def _write_down(self, room_id: str, tally: _Tally, room: Attendance | None) -> None:
        note = Note(
            tally.since, tally.peak, tally.seconds, Sketch(bytes(tally.people)), tally.lately
        )
        began, tally.is_news, tally.lately = now(), False, 0
        try:
            was_on_air = await self._write(room_id, note)
        except Error:
            tally.is_news, tally.lately = True, max(tally.lately, note.lately)
            raise
        tally.since = began
        tally.seconds -= note.seconds
        if not was_on_air:
            # Whoever waits for the stream counts once it begins, if they are still there.
            tally.peak, tally.people = 0, Sketch()
            for key in room.people if room is not None else ():
                tally.people.add(key)
