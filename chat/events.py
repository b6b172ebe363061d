"""What happens in chats, as open pages hear it (DESIGN.md 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from chat.models import HeldMessage, Message
from chat.permissions import Standing
from chat.text import excerpt
from streair.core.realtime.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """Somebody said something. Without a `user_id` the account is no more."""

    name: ClassVar[str] = "new-message"
    id: int
    room_id: str
    user_id: int | None
    username: str
    display_name: str
    role: str
    message: str
    timestamp: datetime
    reply_to: dict[str, Any] | None
    nonce: str | None = None

    @classmethod
    def of(cls, message: Message, room_id: str) -> Self:
        """Return the event of a message whose names are loaded."""
        author = message.author
        return cls(
            id=message.pk,
            room_id=room_id,
            user_id=message.author_id,
            username=author.username if author else "",
            display_name=author.shown_name if author else "",
            role=message.role,
            message=message.text,
            timestamp=message.sent,
            reply_to=quote(message.reply_to) if message.reply_to else None,
        )

    def data(self) -> dict[str, Any]:
        """Return the data; a nonce goes to nobody but whoever chose it."""
        data = {
            "id": self.id,
            "roomId": self.room_id,
            "userId": self.user_id,
            "username": self.username,
            "displayName": self.display_name,
            "role": self.role,
            "message": self.message,
            "timestamp": self.timestamp.astimezone(UTC).isoformat(),
            "replyTo": self.reply_to,
        }
        return data if self.nonce is None else {**data, "nonce": self.nonce}


def quote(message: Message) -> dict[str, Any]:
    """Return what a reply shows of the message that it answers. Of a removed one: nothing but whose."""
    author = message.author
    return {
        "id": message.pk,
        "userId": message.author_id,
        "username": author.username if author else "",
        "displayName": author.shown_name if author else "",
        "message": excerpt(message.text) if message.state == "shown" else "",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    """A message is gone, taken back by its author or removed by a moderator."""

    name: ClassVar[str] = "message-deleted"
    room_id: str
    message_id: int
    by_moderator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesHidden(Event):
    """Everything that somebody said, up to this message, is gone with them."""

    name: ClassVar[str] = "messages-hidden"
    room_id: str
    user_id: int
    last_message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCleared(Event):
    """All messages up to this one are gone."""

    name: ClassVar[str] = "chat-cleared"
    room_id: str
    last_message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeld(Event):
    """A message waits for a moderator. Only moderators hear of it (chat.runtime.whispers)."""

    name: ClassVar[str] = "message-held"
    room_id: str
    held_id: int
    user_id: int
    username: str
    display_name: str
    message: str
    word: str
    timestamp: datetime

    @classmethod
    def by(cls, author: Standing, held: HeldMessage, room_id: str) -> Self:
        """Return the event of a message that is held now."""
        return cls(
            room_id=room_id,
            held_id=held.pk,
            user_id=author.user_id,
            username=author.username,
            display_name=author.shown_name,
            message=held.text,
            word=held.word,
            timestamp=held.held,
        )

    @classmethod
    def of(cls, held: HeldMessage, room_id: str) -> Self:
        """Return the event of a held message whose author is loaded."""
        return cls(
            room_id=room_id,
            held_id=held.pk,
            user_id=held.author_id,
            username=held.author.username,
            display_name=held.author.shown_name,
            message=held.text,
            word=held.word,
            timestamp=held.held,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSettled(Event):
    """A held message waits no more. Moderators hear of it, and its author, but not by whom."""

    name: ClassVar[str] = "held-settled"
    room_id: str
    held_id: int
    user_id: int
    outcome: str
    by: str
