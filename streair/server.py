"""The process that serves everything: a gunicorn worker that runs uvicorn, with a fast way out for video.

    gunicorn -k streair.server.Worker streair.asgi:application

To a live stream, ASGI's `send` costs a task switch per viewer and write. Requests served
here carry the extension `streair.stream` (streams.relay.delivery.DirectStream), by which
one task writes to all of a room's viewers.
"""

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import struct
import sys
import termios
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

from streair import sockets

EXTENSION = "streair.stream"
LEFT, SERVER_STOP = "left", "server-stop"
# How long a client may take to send a request's head. uvicorn itself would wait for ever.
HEAD_SECONDS = 10.0
# New objects between two searches for garbage; Python's own 700 are for small programs.
GARBAGE_ALLOCATIONS = 10_000
# What requests other than streams get to finish when the server stops.
STOP_SECONDS = 3
# How uvicorn counts: what it does every second it does when the count is a multiple of this.
_TICKS_A_SECOND = 10


class Stream:
    """One response that is written to directly. Made for every request, opened by few."""

    __slots__ = (
        *("_cycle", "_descriptor", "_gone", "_on_close", "_transport"),
        *("backlog", "is_chunked", "write", "write_all"),
    )

    def __init__(self, transport: asyncio.Transport, cycle: RequestResponseCycle) -> None:
        self.is_chunked = cycle.scope["http_version"] != "1.0"
        # The transport's own methods: with thousands of viewers every call in between is felt.
        self.backlog: Callable[[], int] = transport.get_write_buffer_size
        self.write: Callable[[bytes | memoryview], None] = transport.write
        self.write_all: Callable[[Sequence[bytes]], None] = transport.writelines
        self._transport = transport
        self._cycle = cycle
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self._on_close: Callable[[str], None] | None = None
        self._gone = asyncio.Event()

    def open(self, on_close: Callable[[str], None]) -> None:
        """Take the response over, before it starts; hear when the viewer or the server goes."""
        self._on_close = on_close
        self._cycle.keep_alive = False
        if not self.is_chunked:
            # uvicorn would send chunks to HTTP/1.0 clients, too.
            self._cycle.chunked_encoding = False
        if self._cycle.disconnected or self._transport.is_closing():
            self.lose()

    def send_file(self, file: int, data: bytes) -> None:
        """Write `data`, which lies at the beginning of `file`, too: the kernel need not copy it."""
        sent = 0
        if not self.backlog() and not self._transport.is_closing():
            # A broken connection is found out about by the transport, as it is with `write`.
            with contextlib.suppress(OSError):
                sent = os.sendfile(self._descriptor, file, 0, len(data))
        if sent < len(data):
            self.write(memoryview(data)[sent:])

    async def finish(self, seconds: float) -> None:
        """End the response, and cut the connection if that takes longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._cycle.send({"type": "http.response.body", "body": b""})
                await self._gone.wait()
        self.abort()

    def untaken(self) -> int:
        """Return how many bytes the client has not confirmed, the kernel's share included."""
        backlog = self.backlog()
        if not self._transport.is_closing():
            connection = self._transport.get_extra_info("socket").fileno()
            (queued,) = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))
            backlog += queued
        return backlog

    def abort(self) -> None:
        """Cut the connection. Does nothing if that has happened already."""
        self._cycle.disconnected = True  # Else uvicorn complains that the response is not whole.
        if not self._gone.is_set():
            self._transport.abort()

    def lose(self) -> None:
        """The connection is gone."""
        # uvicorn tells only the latest of several pipelined requests.
        self._cycle.disconnected = True
        self._gone.set()
        self._close(LEFT)

    def stop(self) -> bool:
        """The server is stopping. Return whether this is an open stream, which then ends."""
        self._close(SERVER_STOP)
        return self._on_close is not None

    def _close(self, reason: str) -> None:
        if self._on_close is not None:
            self._on_close(reason)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, offering `streair.stream` and limiting how long a head takes."""

    _stream: Stream | None = None
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)
        if self._stream is not None:
            self._stream.lose()

    def on_message_begin(self) -> None:
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._forget_head()
        super().on_headers_complete()

    def shutdown(self) -> None:
        super().shutdown()
        if self._stream is not None:
            self._stream.stop()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._stream = Stream(self.transport, cycle)
        extensions: dict[str, Any] = {EXTENSION: self._stream}
        cycle.scope["extensions"] = extensions
        super()._start_asgi_task(cycle, app)

    def _expect_head(self) -> None:
        self._forget_head()
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self.transport.close()


class _Server(Server):
    """uvicorn's server, without the ten looks a second whether it is to end."""

    _wake: Callable[[], object] | None = None  # Until it serves, it looks before it does.

    async def main_loop(self) -> None:
        ending, loop = asyncio.Event(), asyncio.get_running_loop()
        self._wake = partial(loop.call_soon_threadsafe, ending.set)
        tick = 0
        while not await self.on_tick(tick):
            tick += _TICKS_A_SECOND
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await ending.wait()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._wake is not None:
            self._wake()


class Worker(UvicornWorker):  # type: ignore[misc]  # The package has no types.
    """gunicorn's worker for the whole site."""

    CONFIG_KWARGS = {
        "loop": "uvloop",
        "http": Protocol,
        "ws": sockets.Protocol,
        "ws_max_size": 16 * 1024,
        # uvicorn would compress for each socket anew; sockets.Protocol does it once for all.
        "ws_per_message_deflate": False,
        "timeout_graceful_shutdown": STOP_SECONDS,
        # URLs may hold a stream key. And whom to believe about addresses is Django's to say.
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
    }

    async def _serve(self) -> None:
        # What was imported stays: looking through all of it again and again is for nothing.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE_ALLOCATIONS, 10, 20)
        self.config.app = self.wsgi
        server = _Server(self.config)
        # gunicorn's quick stop. The base class hears it and goes on serving.
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGQUIT, server.handle_exit, signal.SIGTERM, None
        )
        await server.serve(sockets=self.sockets)
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)
