"""A WebSocket by hand: sends what no library would."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.site import Site

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
_DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def frame(
    kind: int, payload: bytes = b"", *, fin: bool = True, rsv1: bool = False, masked: bool = True
) -> bytes:
    """Return a client's frame; masked by zeros, so that the payload can be told in a dump."""
    head = bytes([fin << 7 | rsv1 << 6 | kind])
    size, mask = len(payload), masked << 7
    if size < 126:
        head += bytes([mask | size])
    elif size < 1 << 16:
        head += bytes([mask | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask | 127]) + struct.pack("!Q", size)
    return head + (bytes(4) if masked else b"") + payload


class RawSocket:
    """An open socket. It answers nothing: no ping, no goodbye."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.is_compressed = False

    async def shake_hands(self, site: Site) -> None:
        """Become a WebSocket."""
        lines = [
            "GET /ws/ HTTP/1.1",
            f"Host: 127.0.0.1:{site.addresses.port}",
            f"Origin: {site.url}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Extensions: {_DEFLATE}",
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = await self._reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101"), answer
        self.is_compressed = b"permessage-deflate" in answer

    async def send(self, data: bytes) -> None:
        """Send anything. That it is not wanted any more is no error here."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            pass

    async def closing_code(self, seconds: float = 30) -> int | None:
        """Return the code that the server closes with; None when it just cuts the connection."""
        async with asyncio.timeout(seconds):
            try:
                while True:
                    kind, payload = await self._frame()
                    if kind == CLOSE:
                        return int(struct.unpack("!H", payload[:2])[0])
            except (asyncio.IncompleteReadError, OSError):
                return None

    async def cut(self, seconds: float = 30) -> None:
        """Return once the server has cut the connection."""
        async with asyncio.timeout(seconds):
            try:
                while await self._reader.read(65536):
                    pass
            except OSError:
                pass

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self._reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(size)


@asynccontextmanager
async def raw_socket(site: Site) -> AsyncIterator[RawSocket]:
    """Open a socket by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.addresses.port)
    opened = RawSocket(reader, writer)
    try:
        await opened.shake_hands(site)
        yield opened
    finally:
        writer.transport.abort()
