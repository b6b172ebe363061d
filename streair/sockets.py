"""uvicorn's WebSocket protocol, with a fast way out for frames that are the same for everybody.

To a full room, ASGI's `send` costs a task switch and a frame put together for each reader.
Sockets served here carry the extension `streair.socket` (streair.core.realtime.outbox.Direct):
whoever has something to say hands over the bytes of whole frames, and nothing waits.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_quiet = logging.getLogger("streair.sockets")
_quiet.setLevel(logging.WARNING)

EXTENSION = "streair.socket"
# How long a peer may take for its half of a goodbye, what it has not read yet included.
GOODBYE_SECONDS = 5.0


class Direct:
    """One socket that is written to directly."""

    __slots__ = ("_descriptor", "_is_closing", "_protocol", "_put", "_waiting")

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        transport: asyncio.Transport = protocol.transport
        self._is_closing = transport.is_closing
        self._put = transport.write
        self._waiting = transport.get_write_buffer_size
        # Over TLS what the connection carries is not what is written.
        is_plain = transport.get_extra_info("sslcontext") is None
        self._descriptor: int | None = (
            transport.get_extra_info("socket").fileno() if is_plain else None
        )

    def write(self, frames: bytes) -> int:
        """Write whole frames; return how many bytes the peer has not taken yet.

        As long as nothing waits the kernel gets them from here: the transport would make a
        note for each socket and write later in the same turn, which costs a third more.
        """
        if self._protocol.close_sent or self._is_closing():
            return 0
        if self._descriptor is not None and not self._waiting():
            try:
                # The transport is not closing: the descriptor is its own still.
                sent = os.write(self._descriptor, frames)
            except OSError:  # Its buffer is full, or it is gone: the transport finds out which.
                sent = 0
            if sent == len(frames):
                return 0
            frames = frames[sent:]
        self._put(frames)
        return self._waiting()

    def close(self, code: int, reason: str) -> None:
        """Say goodbye after what is written; cut a peer that does not answer."""
        self._protocol.say_goodbye(code, reason)


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol without compression, offering `streair.socket`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Three lines for every page that comes and goes are no news.
        self.logger = self.conn.logger = _quiet

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # Else it is refused already, and there is no scope.
            # The application's task has not run yet: it finds this in its scope.
            extensions: dict[str, Any] = {
                **(self.scope["extensions"] or {}),
                EXTENSION: Direct(self),
            }
            self.scope["extensions"] = extensions

    def say_goodbye(self, code: int, reason: str) -> None:
        """Close as ASGI's `websocket.close` does, but without waiting for a slow reader first."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            # To hear the peer's answer.
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
