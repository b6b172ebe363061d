"""Answers `/health` and `/metrics` of an ingest node, in a thread beside the one that watches over nginx."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from streair import env
from streams.outpost.inside import Message, Receive, Send, Told
from streams.outpost.server import STOP_SECONDS, server_config
from streams.sidecar.node.config import Config
from streams.sidecar.node.hook_log import HookLog
from streams.sidecar.node.inside import NodeInside
from streams.sidecar.node.lookouts import Rtmp, Site
from streams.sidecar.node.metrics import NodeNumbers
from streams.sidecar.process import CannotRun

_NOTHING = Told(404, "text/plain", b"There is nothing here.\n")


class NodeApp:
    """The ASGI application, and what it knows."""

    def __init__(self, config: Config, *, port: int) -> None:
        self.hooks = HookLog()
        self.numbers = NodeNumbers(config.name, env.DATA_DIR, Rtmp(port), Site(port), self.hooks)
        self._inside = NodeInside(config.metrics_token, self.numbers)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        told = self._inside.tell(scope) or _NOTHING
        await told.send_to(scope, send)

    async def run(self) -> None:
        """Find out for ever what is to be told."""
        numbers = self.numbers
        async with asyncio.TaskGroup() as tasks:
            for work in (numbers.run(), numbers.rtmp.run(), numbers.site.run(), self.hooks.run()):
                tasks.create_task(work)


@contextmanager
def answering(app: NodeApp, config: Config) -> Iterator[None]:
    """Answer while the block runs. Raises CannotRun when the port is taken."""
    door = _open(config)
    server = uvicorn.Server(server_config(app))
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(server, app, door)), name="health", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS + 2)


async def _serve(server: uvicorn.Server, app: NodeApp, door: socket.socket) -> None:
    # Who knows nothing any more does not answer, either.
    async with asyncio.TaskGroup() as tasks:
        knowing = tasks.create_task(app.run())
        await server.serve(sockets=[door])
        knowing.cancel()


def _open(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family)
    except (OSError, OverflowError) as exc:
        raise CannotRun(
            f"Port {config.port} of {config.host} cannot be used ({exc}). Set another INGEST_HEALTH_PORT."
        ) from exc
