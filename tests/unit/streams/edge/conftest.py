"""A site that an edge reads from and tells of itself, played by a few lines."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from streams.edge.config import Config


class Site:
    """Hears beats, and answers them; and whoever asks whether it is there."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.status = 200
        self.answer: Any = {"ended": {}, "lost": {}}
        self.may_answer = threading.Event()
        self.may_answer.set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.heard.append(json.loads(body))
                site.may_answer.wait(5)
                answer = json.dumps(site.answer).encode()
                self.send_response(site.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_OPTIONS(self) -> None:
                site.asked.append(self.path)
                self.send_response(site.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def config(self, *, upstream: str = "", **more: Any) -> Config:
        """Return what an edge of this site is told."""
        read = upstream or self.url
        return Config(self.url, read, "https://edge.example.org", self.url, "s" * 32, **more)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()
