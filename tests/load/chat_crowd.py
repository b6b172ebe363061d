"""A crowd that reads and writes in a chat: bare WebSockets, as cheap as Python can have them."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

STAMP = b'"message":"t'
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Dialect(Protocol):
    """How one talks to a chat server over a WebSocket."""

    url: str
    headers: dict[str, str]

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        """Take in a frame, answer if need be; whether this means that the room is joined."""

    def message(self, text: str) -> str:
        """Return the frame that says `text`."""


@dataclass(slots=True)
class StreAirDialect:
    """Ours (docs/protocol.md)."""

    url: str
    room: str
    cookie: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """A page of the site, of somebody or nobody."""
        origin = f"http://{urlsplit(self.url).netloc}"
        return {"Origin": origin} | ({"Cookie": self.cookie} if self.cookie else {})

    def first(self) -> str:
        """Return what is said without being asked."""
        return json.dumps({"event": "join-room", "data": {"roomId": self.room}, "id": 1})

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        return text.startswith(b'{"event":"ack","id":1,')

    def message(self, text: str) -> str:
        return json.dumps({"event": "chat-message", "data": {"message": text}, "id": 2})


@dataclass(slots=True)
class SocketIoDialect:
    """Socket.IO 4 over Engine.IO 4: https://socket.io/docs/v4/socket-io-protocol/."""

    url: str
    room: str

    @property
    def headers(self) -> dict[str, str]:
        """Nothing in particular."""
        return {}

    def first(self) -> str:
        return ""

    def hear(self, text: bytes, say: Callable[[str], None]) -> bool:
        if text[:1] == b"0":
            say("40")
        elif text[:2] == b"40":
            say("420" + json.dumps(["join-room", {"roomId": self.room}]))
        elif text == b"2":
            say("3")
        return text.startswith(b"430")

    def message(self, text: str) -> str:
        return "42" + json.dumps(["chat-message", {"message": text}])


class Member(asyncio.Protocol):
    """One socket of the crowd."""

    def __init__(self, crowd: Crowd, dialect: StreAirDialect | SocketIoDialect, *, looks: bool):
        self._crowd = crowd
        self._dialect = dialect
        self._looks = looks  # Whether it looks at the times, or only counts.
        self._buffer = b""
        self._is_open = False
        self.joined = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        url = urlsplit(self._dialect.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        lines = [
            *(f"GET {path} HTTP/1.1", f"Host: {url.netloc}", "Upgrade: websocket"),
            *("Connection: Upgrade", "Sec-WebSocket-Version: 13"),
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            *(f"{name}: {value}" for name, value in self._dialect.headers.items()),
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if b" 101 " not in head[:20]:
                self.lose(f"refused: {head[:80]!r}")
                return
            self._is_open = True
            if first := self._dialect.first():
                self.say(first)
        self._buffer = self._take_frames(data)

    def _take_frames(self, data: bytes) -> bytes:
        """Take in whole frames; return the rest."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                if end - at < 4:
                    break
                size, start = (data[at + 2] << 8) | data[at + 3], at + 4
            elif size == 127:
                if end - at < 10:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if end < start + size:
                break
            self._take(data[at] & 15, data[start : start + size])
            at = start + size
        return data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self.lose(f"closed: {payload!r}")
        elif self.joined.done():
            self._crowd.frames += 1
            found = payload.find(STAMP)
            if found >= 0:
                self._crowd.delivered += 1
                if self._looks:
                    self._look(payload[found + len(STAMP) :])
            elif payload == b"2":
                self._dialect.hear(payload, self.say)
        elif self._dialect.hear(payload, self.say):
            self.joined.set_result(time.perf_counter())

    def _look(self, rest: bytes) -> None:
        stamp, number, *_pad = rest[:60].split(b" ")
        self._crowd.delays.append(time.perf_counter() - int(stamp) / 1e9)
        self._crowd.seen.setdefault(id(self), []).append(int(number))

    def say(self, text: str) -> None:
        """Send a text frame."""
        if self._transport.is_closing():
            raise ConnectionError(f"a sender is gone: {self._crowd.lost}")
        self._send(_TEXT, text.encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | opcode])
        head += bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        # A mask of zeros is a mask.
        self._transport.write(head + b"\0\0\0\0" + payload)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose(f"lost: {exc!r}")

    def lose(self, why: str) -> None:
        """It is over."""
        if self._crowd.is_leaving:
            return
        self._crowd.lost.append(why)
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(why))

    def leave(self) -> None:
        """Hang up."""
        self._transport.abort()


@dataclass
class Crowd:
    """What the sockets of a crowd have seen since `start_over`."""

    members: list[Member] = field(default_factory=list)
    delivered: int = 0
    frames: int = 0
    delays: list[float] = field(default_factory=list)
    seen: dict[int, list[int]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    is_leaving: bool = False
    _sent: int = 0

    async def join(
        self, dialect: StreAirDialect | SocketIoDialect, count: int, *, at_once: int = 64
    ) -> float:
        """Let so many join; return how long the whole of it took."""
        loop = asyncio.get_running_loop()
        url = urlsplit(dialect.url)
        assert url.hostname is not None
        assert url.port is not None
        host, port = url.hostname, url.port
        places = asyncio.Semaphore(at_once)
        begun = time.perf_counter()

        async def one(number: int) -> None:
            async with places:
                _, member = await loop.create_connection(
                    lambda: Member(self, dialect, looks=number % 10 == 0), host, port
                )
                self.members.append(member)
                await asyncio.wait_for(member.joined, 120)

        await asyncio.gather(*(one(number) for number in range(count)))
        return time.perf_counter() - begun

    def start_over(self) -> None:
        """Forget what was seen."""
        self.delivered = self.frames = self._sent = 0
        self.delays, self.seen = [], {}

    async def say(
        self, senders: list[Member], *, per_second: float, seconds: float, pad: int = 40
    ) -> int:
        """Let `senders` take turns; return how many messages they sent."""
        count = int(per_second * seconds)
        begun = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            sender = senders[number % len(senders)]
            text = f"t{int(time.perf_counter() * 1e9)} {number}"
            sender.say(sender._dialect.message(text + " " + "x" * pad))
        return count

    async def settled(self, deliveries: int, *, patience: float = 20) -> bool:
        """Whether so many deliveries came, in good time."""
        until = time.perf_counter() + patience
        while self.delivered < deliveries and time.perf_counter() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return self.delivered >= deliveries

    def percentile(self, share: float) -> float:
        """Return a delay in milliseconds."""
        ordered = sorted(self.delays) or [float("nan")]
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def disorder(self) -> int:
        """How many of those who looked saw something twice, out of order, or not at all."""
        return sum(numbers != sorted(set(numbers)) for numbers in self.seen.values())

    def leave(self) -> None:
        """Hang up, all of them."""
        self.is_leaving = True
        for member in self.members:
            member.leave()


def raise_limits() -> None:
    """Let this process open as many files as it may."""
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
