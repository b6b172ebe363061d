"""A bad network between a browser and the site: a TCP proxy that stands still when told to."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class StallingProxy:
    """Passes bytes on, both ways. While stalled it neither reads nor writes; nothing is lost."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port on 127.0.0.1 that leads to the target."""
        assert self._server is not None, "it does not run"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stall(self) -> None:
        """Stop passing anything on."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def flow(self) -> None:
        """Go on."""
        self._loop.call_soon_threadsafe(self._flowing.set)

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Run until `stop`."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        ready.set()
        await stop.wait()
        self._server.close()
        self._flowing.set()
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._connections)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, far_writer}
        self._ends |= ends
        async with asyncio.TaskGroup() as ways:
            ways.create_task(self._pump(reader, far_writer))
            ways.create_task(self._pump(far_reader, writer))
        for end in ends:
            with contextlib.suppress(OSError):
                await end.wait_closed()
        self._ends -= ends
        self._connections.discard(connection)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.close()


@contextlib.contextmanager
def stalling_proxy(target: int) -> Iterator[StallingProxy]:
    """Run a proxy in a thread of its own, in front of port `target` of this machine."""
    proxy = StallingProxy(target)
    ready, stop = threading.Event(), asyncio.Event()
    loop = proxy._loop
    thread = threading.Thread(target=loop.run_until_complete, args=[proxy.serve(ready, stop)])
    thread.start()
    try:
        assert ready.wait(5), "the proxy does not start"
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()
