"""A sidecar that drops nobody and remembers whom it was told to drop, and by what secret."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit


class FakeSidecar(HTTPServer):
    """Answers /stat with `stat` and every drop with 1."""

    stat = b"<rtmp/>"
    boot = "boot-1"

    def __init__(self) -> None:
        self.dropped: list[dict[str, str]] = []
        self.secrets: set[str] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def drops(self) -> list[tuple[str, int]]:
        """Return (session name, client id) of those it was told to drop."""
        return [(query.get("name", ""), int(query["clientid"])) for query in self.dropped]


class _Handler(BaseHTTPRequestHandler):
    server: FakeSidecar

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        body = self.server.stat
        self.server.secrets.add(self.headers.get("X-Hook-Secret", ""))
        if url.path == "/control/drop/publisher":
            self.server.dropped.append(dict(parse_qsl(url.query)))
            body = b"1"
        self.send_response(200)
        self.send_header("X-Sidecar-Boot", self.server.boot)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def fake_sidecar() -> Iterator[FakeSidecar]:
    """Run one on a free port."""
    with FakeSidecar() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
