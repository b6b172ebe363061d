"""Other people's servers, run and measured the same way as ours."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

from tests.load.subject import SERVER_CORE, Channel, pinned
from tests.servers.media_server import MediaServer, node_media_server


class NodeMediaServer:
    """Node-Media-Server: one process does ingest and fan-out."""

    name = "Node-Media-Server"
    fan_out = "server"

    def __init__(self, server: MediaServer) -> None:
        self._server = server
        self._numbers = itertools.count()

    def parts(self) -> dict[str, int]:
        """Its only process."""
        return {"server": self._server.program.pid}

    def channels(self, count: int) -> list[Channel]:
        """Any name may be published."""
        names = [f"bench{number}" for number in itertools.islice(self._numbers, count)]
        server = self._server
        return [
            Channel(f"{server.rtmp_url}/{name}", f"{server.http_url}/{name}.flv") for name in names
        ]


@contextlib.contextmanager
def node_media_server_peer() -> Iterator[NodeMediaServer]:
    """Run it as npm installs it, without its admin pages."""
    with pinned(SERVER_CORE), node_media_server() as server:
        yield NodeMediaServer(server)
