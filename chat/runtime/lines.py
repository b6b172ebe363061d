"""Messages as a room's readers get them: JSON that is put together once."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chat.events import MessageDeleted, MessageSent
from chat.models import Message, MessageState
from chat.selectors import HISTORY
from streair.core.realtime import frames
from streair.core.realtime.frames import Encoded
from streair.core.realtime.outbox import Outbox

KEPT = 2 * HISTORY


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a room, and the id of the one before it: so that a gap is seen."""

    previous_id: int
    id: int
    user_id: int | None
    data: str
    is_shown: bool = True

    @property
    def event(self) -> str:
        """The text of the event that tells it."""
        return frames.event_of(MessageSent.name, self.data)

    @classmethod
    def of(cls, event: MessageSent, previous_id: int) -> Line:
        """Return a message that was just written."""
        return cls(previous_id, event.id, event.user_id, frames.value(event.data()))

    @classmethod
    def read(cls, message: Message, room_id: str, previous_id: int = 0) -> Line:
        """Return a message that came from the database."""
        line = cls.of(MessageSent.of(message, room_id), previous_id)
        return replace(line, is_shown=message.state == MessageState.SHOWN)


@dataclass(frozen=True, slots=True)
class Own:
    """A message as its sender's socket gets it, nonce and all."""

    outbox: Outbox
    event: str

    @classmethod
    def of(cls, line: Line, outbox: Outbox, nonce: str) -> Own:
        """Return `line` with the nonce that its sender chose."""
        field = frames.value({"nonce": nonce})[1:]
        return cls(outbox, frames.event_of(MessageSent.name, f"{line.data[:-1]},{field}"))


class History:
    """The last messages of a room, prepared for whoever opens it."""

    def __init__(self) -> None:
        # More than is shown: some of them may be removed.
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._encoded: Encoded | None = None
        self._floor = 0  # We do not have everything up to this message.
        self.until = 0

    def start(self, lines: Sequence[Line], until: int) -> None:
        """Begin with these; `until` is the id of the room's last message, shown or not."""
        self._lines.extend(lines)
        self._floor = lines[0].id - 1 if len(lines) == KEPT else 0
        self._encoded = None
        self.until = until

    def add(self, line: Line) -> None:
        """Add the newest message."""
        if len(self._lines) == KEPT:
            self._floor = self._lines[0].id
        self._lines.append(line)
        self._encoded = None
        self.until = line.id

    def forget(self, gone: Gone) -> None:
        """Forget what is gone."""
        self._lines = deque((line for line in self._lines if not gone.takes(line)), maxlen=KEPT)
        self._encoded = None

    @property
    def encoded(self) -> Encoded:
        """What newcomers are shown, as JSON; the same object until something changes."""
        if self._encoded is None:
            newest = list(self._lines)[-HISTORY:]
            self._encoded = frames.array([line.data for line in newest])
        return self._encoded

    def after(self, message_id: int) -> list[Line] | None:
        """Return what came after this message, or None when we no longer have all of it."""
        if message_id < self._floor:
            return None
        return [line for line in self._lines if line.id > message_id]


@dataclass(frozen=True, slots=True)
class Gone:
    """What a removal takes away: one message, or all up to one, of everybody or of one person."""

    message_id: int = 0
    until: int = 0
    user_id: int | None = None

    def takes(self, line: Line) -> bool:
        """Whether it takes `line` away."""
        if line.id <= self.until:
            return self.user_id is None or line.user_id == self.user_id
        return line.id == self.message_id

    @classmethod
    def in_event(cls, name: str, data: dict[str, Any]) -> Gone:
        """Return what the event takes away."""
        if name == MessageDeleted.name:
            return cls(message_id=data["messageId"])
        return cls(until=data["lastMessageId"], user_id=data.get("userId"))
