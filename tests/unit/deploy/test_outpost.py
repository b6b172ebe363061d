"""What the keeper of an edge or an ingest node is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from streams import nodes
from tests.servers.process import free_port

TOKEN = "a-token-of-a-prometheus"
EDGE = {
    "MACHINE_ROLE": "edge",
    "EDGE_SITE": "https://live.example.org",
    "EDGE_URL": "https://edge.example.org",
    "EDGE_SECRET": "between-site-and-edges-" * 2,
}
INGEST = {
    "MACHINE_ROLE": "ingest",
    "INGEST_NODE": "hanoi",
    "INGEST_SITE": "https://live.example.org",
    "INGEST_SECRET": nodes.secret_of("hanoi"),
    "INGEST_CERTIFICATES": __file__,
}
WELL = {"status": "ok", "parts": {"origin": "ok", "beats": "ok"}}
ILL = {
    "status": "degraded",
    "parts": {"origin": "ok", "beats": "down"},
    "details": {"origin": {"problem": ""}, "beats": {"problem": "The site does not answer."}},
}


class Outpost(ThreadingHTTPServer):
    """Answers for one: `told` in turn, the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.shown: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Outpost

    def do_GET(self) -> None:
        self.server.shown.append(self.headers.get("Authorization", ""))
        told = self.server.told.pop(0) if len(self.server.told) > 1 else self.server.told[0]
        body = json.dumps(told).encode()
        self.send_response(200 if told["status"] == "ok" else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def outpost() -> Iterator[Outpost]:
    with Outpost() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def look(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.outpost", *args],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("settings", "port"), [(EDGE, "PORT"), (INGEST, "INGEST_HEALTH_PORT")])
def test_one_that_is_well_says_what_it_has_and_what_it_has_not(
    outpost: Outpost, settings: dict[str, str], port: str
) -> None:
    outpost.told = [ILL, WELL]

    done = look("--wait", "20", **settings, **{port: str(outpost.server_port)}, METRICS_TOKEN=TOKEN)

    assert done.returncode == 0, done.stderr
    assert "not on this machine" in done.stdout
    assert "✗" not in done.stdout
    assert set(outpost.shown) == {f"Bearer {TOKEN}"}


def test_what_is_wrong_is_told_with_its_cause(outpost: Outpost) -> None:
    outpost.told = [ILL]

    done = look(**EDGE, PORT=str(outpost.server_port))

    assert done.returncode == 1
    assert "✓ origin" in done.stdout
    assert "✗ beats    The site does not answer." in done.stdout


def test_one_that_does_not_run_is_named_with_its_log() -> None:
    done = look(**INGEST, INGEST_HEALTH_PORT=str(free_port()))

    assert done.returncode == 1
    assert "journalctl -u streair-ingest" in done.stdout


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({**EDGE, "EDGE_SECRET": "short"}, "EDGE_SECRET"),
        ({**INGEST, "INGEST_NODE": ""}, "INGEST_NODE"),
        ({**INGEST, "METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({**EDGE, "MACHINE_ROLE": "site"}, "MACHINE_ROLE"),
    ],
)
def test_settings_that_cannot_work_are_named_without_asking_anybody(
    settings: dict[str, str], name: str
) -> None:
    done = look("--settings-only", **settings)

    assert (done.returncode, done.stdout) == (2, "")
    assert name in done.stderr
    assert look("--settings-only", **EDGE).returncode == 0
