"""What one socket still has to be told: bounded, and never waited for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from streair.core.metrics.tallies import Counter, keep
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.frames import Prepared, Private

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

closed = keep(Counter("streair_sockets_closed", "Sockets that we closed, by code.", ["code"]))
slow = keep(
    Counter("streair_sockets_too_slow", "Sockets closed because their readers were too slow.")
)

TOO_SLOW = "too slow"
MAX_FRAMES = 256
MAX_CHARACTERS = 256 * 1024
MAX_BACKLOG = 256 * 1024  # Bytes; what the kernel holds comes on top.
# How long a socket that is being closed may take for what is already under way.
GOODBYE_SECONDS = 5.0


class SocketGone(Exception):
    """The socket is over: closed by its peer, or by us and its peer did not say goodbye in time."""


class Direct(Protocol):
    """What our own server adds to ASGI: writing to a socket without a task (streair/sockets.py)."""

    @property
    def unpacks(self) -> bool:
        """Whether the peer understands frames that are compressed, each by itself."""

    def write(self, frames: bytes) -> int:
        """Write whole frames; return how many bytes the peer has not taken yet.

        Does nothing once the socket is closing.
        """

    def close(self, code: int, reason: str) -> None:
        """Say goodbye after what is written; cut a peer that does not answer."""


class Outbox:
    """The frames that wait for one socket. Putting something in never waits.

    Under our own server they go straight to the connection, which keeps what its peer has
    not read. Other servers only have ASGI's `send`: there the frames wait in a queue here, and
    `write_to` writes them out, a task for each socket.

    A reader who is too slow for its room is closed with 1013: it comes back and asks for
    what it missed, which costs less than everything we would have to keep for it.
    """

    __slots__ = (
        *("_characters", "_direct", "_frames", "_held", "_patience", "_ready", "_unpacks"),
        "closing",
    )

    def __init__(self, direct: Direct | None = None) -> None:
        self._direct = direct
        self._unpacks = direct is not None and direct.unpacks
        self._frames: deque[str] = deque()
        self._characters = 0
        self._held: deque[Prepared] | None = None
        self._ready = asyncio.Event()
        self._patience: asyncio.Timeout | None = None  # The writer's, while it runs.
        self.closing: tuple[int, str] | None = None

    def put(self, frame: str) -> None:
        """Queue `frame`, an event. Held back while an answer to `join-room` is being made."""
        self.put_prepared(Private(frame))

    def put_prepared(self, events: Prepared) -> None:
        """Queue events that are the same for everybody; as `put`. Called for every reader of a room."""
        if self._held is None:
            self._send(events)
        elif len(self._held) < MAX_FRAMES:
            self._held.append(events)
        else:
            self.close(CloseCode.TRY_LATER, TOO_SLOW)

    def answer(self, frame: str) -> None:
        """Queue `frame`, an answer: it goes out ahead of what is held back."""
        self._send(Private(frame))

    def hold(self) -> None:
        """Keep events back until `release`, so that none arrives before the snapshot it changes."""
        if self._held is None:
            self._held = deque()

    def forgo(self) -> None:
        """Drop what was held back: it was not for them after all."""
        if self._held is not None:
            self._held.clear()

    def release(self) -> None:
        """Let go of what was held back, in order. Does nothing when nothing is."""
        held, self._held = self._held, None
        for events in held or ():
            self._send(events)

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket once what is queued is written. The first code given wins."""
        if self.closing is not None:
            return
        self.closing = (int(code), reason)
        closed.add(str(int(code)))
        slow.value += reason == TOO_SLOW
        if self._direct is not None:
            self._direct.close(int(code), reason)
            return
        if code == CloseCode.TRY_LATER:
            self._frames.clear()
            self._characters = 0
        self._ready.set()
        self._limit_patience()

    async def write_to(self, send: Send) -> None:
        """Write frames as they come. Ends with SocketGone, never otherwise."""
        try:
            async with asyncio.timeout(None) as self._patience:
                if self.closing is not None:
                    self._limit_patience()
                await self._write(send)
        # RuntimeError is how servers say "closed already" when both sides closed at once.
        except (OSError, RuntimeError) as exc:  # TimeoutError is an OSError.
            raise SocketGone from exc
        finally:
            self._patience = None

    async def _write(self, send: Send) -> None:
        while True:
            while self._frames:
                frame = self._frames.popleft()
                self._characters -= len(frame)
                await send({"type": "websocket.send", "text": frame})
            if self.closing is not None:
                break
            self._ready.clear()
            await self._ready.wait()
        code, reason = self.closing
        await send({"type": "websocket.close", "code": code, "reason": reason})
        # The reader ends when the server reports the close. Patience is for servers that do not.
        await asyncio.Event().wait()

    def _send(self, events: Prepared) -> None:
        if self.closing is not None:
            return
        if self._direct is not None:
            written = events.packed if self._unpacks else events.wire
            if self._direct.write(written) > MAX_BACKLOG:
                self.close(CloseCode.TRY_LATER, TOO_SLOW)
            return
        for frame in events.texts:
            self._queue(frame)

    def _queue(self, frame: str) -> None:
        if self.closing is not None:
            return
        if len(self._frames) >= MAX_FRAMES or self._characters + len(frame) > MAX_CHARACTERS:
            self.close(CloseCode.TRY_LATER, TOO_SLOW)
            return
        self._frames.append(frame)
        self._characters += len(frame)
        self._ready.set()

    def _limit_patience(self) -> None:
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time() + GOODBYE_SECONDS)
