"""`python -m streams.edge`, or `make edge`: serve the viewers of another StreAir until SIGTERM."""

from __future__ import annotations

import asyncio
import sys

import uvicorn
import uvloop

from streair import logs
from streams.edge.app import EdgeApp
from streams.edge.config import BadConfig, Config
from streams.outpost.server import server_config


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
    told = {"host": config.host, "port": config.port, "loop": "uvloop", "backlog": 4096}
    server = _Server(server_config(app, **told), app)
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


if __name__ == "__main__":
    sys.exit(main())
