"""uvicorn's WebSocket protocol, with a fast way out for frames that are the same for everybody.

To a full room, ASGI's `send` costs a task switch and a frame put together for each reader.
Sockets served here carry the extension `streair.socket` (streair.core.realtime.outbox.Direct):
whoever has something to say hands over the bytes of whole frames, and nothing waits.
"""

from __future__ import annotations

import asyncio
import logging
import os
import zlib
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import DATA_OPCODES, Frame
from websockets.http11 import Request
from websockets.protocol import OPEN

from streair.inflow import MESSAGE_SECONDS, Inflow

_quiet = logging.getLogger("streair.sockets")
_quiet.setLevel(logging.WARNING)
# Nor is what strangers send, least of all with a traceback.
_quiet.addFilter(lambda record: "Invalid UTF-8" not in record.getMessage())

EXTENSION = "streair.socket"
# How long a peer may take for its half of a goodbye, what it has not read yet included.
GOODBYE_SECONDS = 5.0
_POLICY = 1008

# Every message is compressed by itself: so what many are told is compressed once for all of them, and
# nothing is kept for what comes next. What comes in unpacks to no more than `ws_max_size`.
_DEFLATE = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True, client_no_context_takeover=True
)


class Direct:
    """One socket that is written to directly."""

    __slots__ = ("_descriptor", "_is_closing", "_protocol", "_put", "_waiting", "unpacks")

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self.unpacks = any(map(_takes_any_window, protocol.conn.extensions))
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
    """uvicorn's protocol, offering `streair.socket`, and compression that needs no memory per socket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Three lines for every page that comes and goes are no news.
        self.logger = self.conn.logger = _quiet
        self.conn.available_extensions = [_DEFLATE]
        self._inflow = Inflow(self.loop.time)
        self._is_deaf = False
        self._unfinished: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take in what the peer sends, unless it has been sent away for sending too much."""
        if self._is_deaf:
            return
        try:
            super().data_received(data)
        except InvalidState:  # It said goodbye, and something to be closed for, in one go.
            self.transport.abort()

    def handle_events(self) -> None:
        frames = [event for event in self.conn.events if isinstance(event, Frame)]
        if self._inflow.is_flood(len(frames)):
            self._stop_listening()
            return
        super().handle_events()
        if any(frame.fin and frame.opcode in DATA_OPCODES for frame in frames):
            self._forget_the_rest()
        if self.conn.current_size is not None:
            self._expect_the_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_the_rest()
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # Else it is refused already, and there is no scope.
            # The application's task has not run yet: it finds this in its scope.
            extensions: dict[str, Any] = {
                **(self.scope["extensions"] or {}),
                EXTENSION: Direct(self),
            }
            self.scope["extensions"] = extensions

    def _stop_listening(self) -> None:
        """Close, and hear and answer nothing more: not even pings, whose answers may never be read."""
        self._is_deaf = True
        self.conn.events_received()
        if self.close_sent:
            return  # The timer ends it. To cut it now would take the goodbye from whoever has not read it yet.
        if self.conn.state is not OPEN or self.transport.is_closing():
            self.transport.abort()
            return
        self.conn.data_to_send()
        self.say_goodbye(_POLICY, "too many frames")

    def _expect_the_rest(self) -> None:
        """Give a message that comes in parts its time."""
        if self._unfinished is None:
            self._unfinished = self.loop.call_later(
                MESSAGE_SECONDS, self.say_goodbye, _POLICY, "message not finished"
            )

    def _forget_the_rest(self) -> None:
        if self._unfinished is not None:
            self._unfinished.cancel()
            self._unfinished = None

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


def _takes_any_window(extension: Extension) -> bool:
    """Whether the peer unpacks what was packed without regard to its memory; nearly all do."""
    return (
        isinstance(extension, PerMessageDeflate)
        and extension.local_max_window_bits == zlib.MAX_WBITS
    )
