"""`python -m streams.edge`, or `make edge`: serve the viewers of another StreAir until SIGTERM."""

from __future__ import annotations

import asyncio
import sys

import uvicorn
import uvloop

from streair import logs
from streair.server import Protocol
from streams.edge.app import EdgeApp
from streams.edge.config import BadConfig, Config

# Viewers get so long to take what is on its way; they come back elsewhere.
STOP_SECONDS = 3


def main() -> int:
    """Run; return the exit status."""
    try:
        logs.begin()
        config = Config.from_environment()
    except (BadConfig, ValueError) as exc:
        print(exc, file=sys.stderr)  # noqa: T201 - for whoever starts it.
        return 2
    uvloop.run(serve(config))
    return 0


async def serve(config: Config) -> None:
    """Serve until the process is asked to stop."""
    app = EdgeApp(config)
    server = _Server(_server_config(app, config), app)
    beside = [
        asyncio.create_task(work, name=name)
        for name, work in (
            ("beats", app.beats.run()),
            ("origin", app.origin.run()),
            ("numbers", app.numbers.run()),
        )
    ]
    try:
        await server.serve()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: EdgeApp) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        # First the site hears of it: who is closed now must not be sent back here.
        await self._app.beats.beat(leaving=True)
        await self._app.rooms.close()
        await super().shutdown()


def _server_config(app: EdgeApp, config: Config) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        http=Protocol,
        ws="none",
        lifespan="off",
        loop="uvloop",
        backlog=4096,
        timeout_graceful_shutdown=STOP_SECONDS,
        # Addresses hold tickets.
        access_log=False,
        # Its own handlers know no secrets.
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )


if __name__ == "__main__":
    sys.exit(main())
