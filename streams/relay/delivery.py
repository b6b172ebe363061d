"""One subscription to one HTTP response."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, MutableMapping, Sequence
from typing import Any, Protocol

from streams.relay.batch import Batch, Parcel
from streams.relay.rooms import Rooms
from streams.relay.subscription import Subscription

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

EXTENSION = "streair.stream"
# What a viewer gets to take the rest of a stream that is over.
LAST_SECONDS = 1.0
# Reasons to close after which there is nobody, or no sense, to say goodbye to.
LEFT, STALLED = "left", "stalled"


class DirectStream(Protocol):
    """The fast way out, where the server offers it: writes that never wait.

    `backlog` returns how many bytes wait for room in the kernel's buffers. `write` and `write_all` send
    framed bytes; they do nothing once the connection is closing, and are not called after `on_close`.
    """

    is_chunked: bool  # whether the body is framed by HTTP/1.1's chunks
    backlog: Callable[[], int]
    write: Callable[[bytes], None]
    write_all: Callable[[Sequence[bytes]], None]

    def open(self, on_close: Callable[[str], None]) -> None:
        """Take the response over, before it starts; hear when the viewer or the server goes."""

    def send_file(self, file: int, data: bytes) -> None:
        """As `write`, when `data` lies at the beginning of `file`, too."""

    def untaken(self) -> int:
        """Return how many bytes the viewer's side has not taken, the kernel's share included."""

    async def finish(self, seconds: float) -> None:
        """End the response, and cut the connection if that takes longer than `seconds`."""

    def abort(self) -> None:
        """Cut the connection."""


async def deliver(
    rooms: Rooms,
    key: str,
    scope: MutableMapping[str, Any],
    receive: Receive,
    send: Send,
    *,
    headers: Iterable[tuple[bytes, bytes]] = (),
    label: Hashable | None = None,
) -> None:
    """Answer one viewer, who may watch: 200 and the live stream until one side ends it.

    A HEAD request gets the same head and opens nothing. Raises RelayClosed, before
    anything is sent, when shutting down.
    """
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", b"video/x-flv"),
            (b"cache-control", b"no-store"),
            *headers,
        ],
    }
    if scope["method"] == "HEAD":
        await send(start)
        await send({"type": "http.response.body", "body": b""})
        return
    direct: DirectStream | None = scope.get("extensions", {}).get(EXTENSION)
    async with rooms.watch(key, label=label) as subscription:
        if direct is not None:
            await _deliver_directly(subscription, direct, start, send)
        else:
            await _deliver_by_messages(subscription, start, receive, send)


async def _deliver_directly(
    subscription: Subscription, direct: DirectStream, start: Message, send: Send
) -> None:
    """Let the room write to the connection; this task only waits for the end."""
    direct.open(subscription.close)
    await send(start)
    subscription.attach(_DirectOutlet(direct))
    try:
        reason = await subscription.closed()
    except asyncio.CancelledError:
        direct.abort()
        raise
    if reason in {LEFT, STALLED}:
        direct.abort()
    else:
        await direct.finish(LAST_SECONDS)


class _DirectOutlet:
    """Writes to the connection, framed as the response is."""

    __slots__ = ("_is_chunked", "_send_file", "_write", "_write_all", "backlog", "untaken")

    def __init__(self, direct: DirectStream) -> None:
        self.backlog = direct.backlog
        self.untaken = direct.untaken
        self._write = direct.write
        self._write_all = direct.write_all
        self._send_file = direct.send_file
        self._is_chunked = direct.is_chunked

    def write(self, parcel: Parcel) -> int:
        data = parcel.framed if self._is_chunked else parcel.bare
        if parcel.file is not None and self._is_chunked:
            self._send_file(parcel.file, data)
        else:
            self._write(data)
        return len(data)

    def begin(self, batches: Sequence[Batch]) -> int:
        pieces = [batch.chunk if self._is_chunked else batch.body for batch in batches]
        self._write_all(pieces)
        return sum(map(len, pieces))


async def _deliver_by_messages(
    subscription: Subscription, start: Message, receive: Receive, send: Send
) -> None:
    """Send by ASGI messages, as any server understands them: one task a viewer, and slower."""
    await send(start)
    outlet = _MessageOutlet(send)
    async with asyncio.TaskGroup() as group:
        listener = group.create_task(_close_on_disconnect(subscription, receive))
        sender = group.create_task(outlet.run(subscription))
        subscription.attach(outlet)
        reason = await subscription.closed()
        if reason not in {LEFT, STALLED}:
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(LAST_SECONDS):
                    await outlet.drained()
                    await send({"type": "http.response.body", "body": b""})
        listener.cancel()
        sender.cancel()


async def _close_on_disconnect(subscription: Subscription, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.close(LEFT)


class _MessageOutlet:
    """Holds what the server has not taken yet; the room bounds how much that may be."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._batches: deque[Batch] = deque()
        self._backlog = 0
        self._ready = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def write(self, parcel: Parcel) -> int:
        return self.begin(parcel.batches)

    def begin(self, batches: Sequence[Batch]) -> int:
        size = sum(batch.size for batch in batches)
        self._batches.extend(batches)
        self._backlog += size
        self._empty.clear()
        self._ready.set()
        return size

    def backlog(self) -> int:
        return self._backlog

    def untaken(self) -> int:
        return self._backlog  # ASGI says no more than that.

    async def drained(self) -> None:
        await self._empty.wait()

    async def run(self, subscription: Subscription) -> None:
        """Send whatever is there, whenever the server takes it."""
        try:
            while True:
                await self._ready.wait()
                self._ready.clear()
                bodies = [batch.body for batch in self._batches]
                self._batches.clear()
                body = bodies[0] if len(bodies) == 1 else b"".join(bodies)
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
                self._backlog -= len(body)
                if not self._batches:
                    self._empty.set()
        except OSError:
            # Servers that follow ASGI 2.4 say so when the client is gone.
            subscription.close(LEFT)
