"""How one talks to the chat servers of the bench."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit


class Dialect(Protocol):
    """How one talks to a chat server over a WebSocket."""

    @property
    def url(self) -> str: ...
    @property
    def deflate(self) -> bool: ...

    def headers(self, number: int) -> dict[str, str]:
        """Return what the browser of this member sends along."""

    def first(self) -> str:
        """Return what is said without being asked."""

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        """Take in a frame, answer if need be; whether this means that the room is joined."""

    def message(self, text: str) -> str:
        """Return the frame that says `text`."""


@dataclass(frozen=True, slots=True)
class StreAirDialect:
    """Ours (docs/protocol.md)."""

    url: str
    room: str
    cookie: str = ""
    deflate: bool = False

    def headers(self, number: int) -> dict[str, str]:
        """A page of the site, of somebody or nobody; without a cookie, people are told apart by their browser."""
        origin = f"http://{urlsplit(self.url).netloc}"
        found = {"Origin": origin, "User-Agent": f"Crowd/{number}"}
        return found | ({"Cookie": self.cookie} if self.cookie else {})

    def first(self) -> str:
        return json.dumps({"event": "join-room", "data": {"roomId": self.room}, "id": 1})

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        return text.startswith(b'{"event":"ack","id":1,')

    def message(self, text: str) -> str:
        return json.dumps({"event": "chat-message", "data": {"message": text}, "id": 2})


@dataclass(frozen=True, slots=True)
class SocketIoDialect:
    """Socket.IO 4 over Engine.IO 4: https://socket.io/docs/v4/socket-io-protocol/."""

    url: str
    room: str
    deflate: bool = False
    joins: bool = True

    def headers(self, number: int) -> dict[str, str]:
        return {"User-Agent": f"Crowd/{number}"}

    def first(self) -> str:
        return ""

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        if text[:1] == b"0":
            say("40")
        elif text[:2] == b"40" and self.joins:
            say("420" + json.dumps(["join-room", {"roomId": self.room}]))
        elif text[:2] == b"40":
            return True
        elif text == b"2":
            say("3")
        return text.startswith(b"430")

    def message(self, text: str) -> str:
        return "42" + json.dumps(["chat-message", {"message": text}])
