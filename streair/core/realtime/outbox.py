"""What one socket still has to be told: a bounded queue that one task writes out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from streair.core.realtime.close_codes import CloseCode

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_FRAMES = 256
MAX_CHARACTERS = 256 * 1024
# How long a socket that is being closed may take for what is already under way.
GOODBYE_SECONDS = 5.0


class SocketGone(Exception):
    """The socket is over: closed by its peer, or by us and its peer did not say goodbye in time."""


class Outbox:
    """The frames that wait for one socket. Putting something in never waits.

    A reader who is too slow for its room is closed with 1013: it comes back and asks for
    what it missed, which costs less than everything we would have to keep for it.
    """

    __slots__ = ("_characters", "_frames", "_held", "_patience", "_ready", "closing")

    def __init__(self) -> None:
        self._frames: deque[str] = deque()
        self._characters = 0
        self._held: deque[str] | None = None
        self._ready = asyncio.Event()
        self._patience: asyncio.Timeout | None = None  # The writer's, while it runs.
        self.closing: tuple[int, str] | None = None

    def put(self, frame: str) -> None:
        """Queue `frame`, an event. Held back while an answer to `join-room` is being made."""
        if self._held is None:
            self._queue(frame)
        elif len(self._held) < MAX_FRAMES:
            self._held.append(frame)
        else:
            self.close(CloseCode.TRY_LATER, "too slow")

    def answer(self, frame: str) -> None:
        """Queue `frame`, an answer: it goes out ahead of what is held back."""
        self._queue(frame)

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
        for frame in held or ():
            self._queue(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Close the socket once what is queued is written. The first code given wins."""
        if self.closing is not None:
            return
        self.closing = (int(code), reason)
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

    def _queue(self, frame: str) -> None:
        if self.closing is not None:
            return
        if len(self._frames) >= MAX_FRAMES or self._characters + len(frame) > MAX_CHARACTERS:
            self.close(CloseCode.TRY_LATER, "too slow")
            return
        self._frames.append(frame)
        self._characters += len(frame)
        self._ready.set()

    def _limit_patience(self) -> None:
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time() + GOODBYE_SECONDS)
