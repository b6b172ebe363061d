"""A crowd that reads and writes in a chat: bare WebSockets, as cheap as Python can have them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.load.chat_dialects import Dialect

STAMP = b'"message":"t'
_COUNT = b'"viewerCount":'
_DIGITS = b"0123456789"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_DEFLATED = 0x40


class Member(asyncio.Protocol):
    """One socket of the crowd."""

    def __init__(self, crowd: Crowd, dialect: Dialect, number: int) -> None:
        self._crowd = crowd
        self.dialect = dialect
        self._number = number
        self._looks = number % 10 == 0  # Whether it looks at the times, or only counts.
        self._buffer = b""
        self._is_open = self._is_lost = False
        self.joined = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        url = urlsplit(self.dialect.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        lines = [
            *(f"GET {path} HTTP/1.1", f"Host: {url.netloc}", "Upgrade: websocket"),
            *("Connection: Upgrade", "Sec-WebSocket-Version: 13"),
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            *(f"{name}: {value}" for name, value in self.dialect.headers(self._number).items()),
        ]
        if self.dialect.deflate:  # As browsers do.
            lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
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
            if first := self.dialect.first():
                self.say(first)
        self._buffer = self._take_frames(data)
        self._crowd.changed.set()

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
            payload = data[start : start + size]
            if data[at] & _DEFLATED:
                payload = _inflated(payload)
            self._take(data[at] & 15, payload)
            at = start + size
        return data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self.lose(f"closed: {payload!r}")
        elif self.joined.done():
            self._hear(payload)
        elif self.dialect.hear(payload, self.say):
            self.joined.set_result(time.perf_counter())

    def _hear(self, payload: bytes) -> None:
        self._crowd.frames += 1
        found = payload.find(STAMP)
        if found >= 0:
            self._crowd.delivered += 1
            if self._looks:
                self._look(payload[found + len(STAMP) :])
        elif payload == b"2":
            self.dialect.hear(payload, self.say)
        elif self._crowd.everybody_counts or self._number == 0:
            self._count(payload)

    def _count(self, payload: bytes) -> None:
        found = payload.find(_COUNT)
        if found >= 0:
            self._crowd.announcements += 1
            digits = payload[found + len(_COUNT) :]
            self._crowd.counts[self._number] = int(
                digits[: len(digits) - len(digits.lstrip(_DIGITS))]
            )

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
        if self._is_lost:
            return
        self._is_lost = True
        self._crowd.lost.append(why)
        self._crowd.counts.pop(self._number, None)
        self._crowd.changed.set()
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
    # What members last saw as the number of viewers: number 0, or everybody.
    counts: dict[int, int] = field(default_factory=dict)
    everybody_counts: bool = False
    announcements: int = 0  # Of such numbers, as far as they were looked at.
    # Set whenever there may be something new to look at.
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    is_leaving: bool = False

    async def join(
        self, dialect: Dialect, count: int, *, at_once: int = 64, first_number: int = 0
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
                    lambda: Member(self, dialect, first_number + number), host, port
                )
                self.members.append(member)
                await asyncio.wait_for(member.joined, 120)

        await asyncio.gather(*(one(number) for number in range(count)))
        return time.perf_counter() - begun

    def start_over(self) -> None:
        """Forget what was seen."""
        self.delivered = self.frames = 0
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
            sender.say(sender.dialect.message(text + " " + "x" * pad))
        return count

    async def settled(self, deliveries: int, *, patience: float = 20) -> bool:
        """Return once so many deliveries came; whether they did in good time."""
        return await self._comes_true(lambda: self.delivered >= deliveries, patience)

    async def shows(self, viewers: int, *, patience: float = 120) -> float:
        """Return how long it takes until whoever counts sees so many viewers; raises TimeoutError."""
        begun = time.perf_counter()
        if not await self._comes_true(lambda: self._all_show(viewers), patience):
            raise TimeoutError(f"not {viewers} viewers, but {set(self.counts.values())}")
        return time.perf_counter() - begun

    async def agrees(self, *, patience: float = 30) -> None:
        """Return once some are lost, and all others see how many are left; raises TimeoutError."""
        if not await self._comes_true(
            lambda: bool(self.lost) and self._all_show(len(self.counts)), patience
        ):
            raise TimeoutError(f"{len(self.counts)} are here and see {set(self.counts.values())}")

    def _all_show(self, viewers: int) -> bool:
        return bool(self.counts) and set(self.counts.values()) == {viewers}

    async def _comes_true(self, condition: Callable[[], bool], patience: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        return condition()

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


def _inflated(payload: bytes) -> bytes:
    """Return a message that was compressed by itself (RFC 7692, 7.2.2)."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload + b"\0\0\xff\xff")


def raise_limits() -> None:
    """Let this process open as many files as it may."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
