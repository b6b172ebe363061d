"""What the sidecar makes of whatever answers behind its shim, honest or not."""

from __future__ import annotations

import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from streams.sidecar.stat import parse
from tests.servers.process import Program, free_port, wait_until
from tests.servers.publisher import publisher

pytestmark = pytest.mark.system

_BASE = Path(__file__).resolve().parent.parent.parent
SESSION = "live-" + "0" * 32


class App(ThreadingHTTPServer):
    """Stands in for Django: answers every publish with `status` and `location`, or not at all."""

    daemon_threads = True
    status: int | None = 302
    location: str | None = SESSION
    update_status: int | None = 204

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        status = self.server.status if self.path == "/hooks/publish" else self.server.update_status
        if status is None:
            self.server.closing.wait(30)
            return
        self.send_response(status)
        if self.path == "/hooks/publish" and self.server.location is not None:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Sidecar:
    """The real sidecar in front of an app of the test's own."""

    def __init__(self, folder: Path, app: App) -> None:
        self.app, self.folder = app, folder
        self.rtmp_port, self.port = free_port(), free_port()
        env = {
            "DJANGO_SETTINGS_MODULE": "streair.settings",
            "DATA_DIR": str(folder),
            "PORT": str(app.server_address[1]),
            "RTMP_PORT": str(self.rtmp_port),
            "SIDECAR_PORT": str(self.port),
        }
        command = [sys.executable, "manage.py", "streair_sidecar"]
        log = folder / "sidecar.log"
        self.program = Program("sidecar", command, log=log, cwd=_BASE, env=env)

    def names(self) -> list[str]:
        """Return the names under which somebody publishes."""
        status, body = self.get("/stat")
        assert status == 200
        return [publisher.name for publisher in parse(body)]

    def get(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return the sidecar's answer to GET, or to POST with a body."""
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, body, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    @contextmanager
    def encoder(self, key: str = "sk_something") -> Iterator[Program]:
        """Publish while the block runs."""
        log = self.folder / f"encoder-{os.urandom(4).hex()}.log"
        with publisher(f"rtmp://127.0.0.1:{self.rtmp_port}/live/{key}", log) as program:
            yield program


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sidecar]:
    with App() as app:
        thread = threading.Thread(target=app.serve_forever)
        thread.start()
        sidecar = Sidecar(tmp_path_factory.mktemp("shim"), app)
        try:
            with sidecar.program as program:
                program.wait_for_port(sidecar.rtmp_port, timeout=40)
                yield sidecar
        finally:
            app.closing.set()
            app.shutdown()
            thread.join()


@pytest.fixture
def sidecar(running: Sidecar) -> Sidecar:
    """The sidecar, with an app that says yes as ours does."""
    running.app.status, running.app.location, running.app.update_status = 302, SESSION, 204
    running.app.heard.clear()
    wait_until(lambda: not running.names(), what="the last test's encoder to be gone")
    return running


def test_the_one_yes_renames_the_stream(sidecar: Sidecar) -> None:
    with sidecar.encoder():
        wait_until(sidecar.names, what="the encoder to publish")
        assert sidecar.names() == [SESSION]


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (301, SESSION),
        (301, "http://127.0.0.1/hooks/publish/"),
        (302, None),
        (302, ""),
        (302, "/accounts/login/"),
        (302, "https://127.0.0.1/hooks/publish"),
        (302, "rtmp://127.0.0.1:9/live/x"),
        (302, f"{SESSION}x"),
        (302, f"{SESSION}/../other"),
        (302, f"x{SESSION}"),
        (302, SESSION.upper()),
        (303, SESSION),
        (304, SESSION),
        (307, SESSION),
        (308, SESSION),
        (400, SESSION),
        (403, SESSION),
        (404, SESSION),
        (500, SESSION),
        (502, SESSION),
        (None, None),
    ],
)
def test_everything_else_is_a_no(
    sidecar: Sidecar, status: int | None, location: str | None
) -> None:
    sidecar.app.status, sidecar.app.location = status, location

    with sidecar.encoder() as encoder:
        assert encoder.wait(15) != 0

    assert sidecar.names() == []
    assert "/hooks/publish" in [path for path, _, _ in sidecar.app.heard]


def test_a_plain_yes_hides_the_stream_and_lets_the_worker_drop_it(sidecar: Sidecar) -> None:
    sidecar.app.status, sidecar.app.location = 200, None

    with sidecar.encoder("sk_something") as encoder:
        wait_until(sidecar.names, what="the encoder to publish")
        _, body = sidecar.get("/stat")
        [unknown] = parse(body)
        # Nobody plays what is not called like a session; the worker drops it by its client id.
        assert unknown.name == "sk_something"
        sidecar.get(f"/control/drop/publisher?app=live&clientid={unknown.client_id}")
        assert encoder.wait(10) != 0


def test_the_hook_hears_the_secret_and_the_boot(sidecar: Sidecar) -> None:
    with sidecar.encoder():
        wait_until(sidecar.names, what="the encoder to publish")

    heard = [hook for hook in sidecar.app.heard if hook[0] == "/hooks/publish"]
    [(_, headers, body)] = heard
    _, boot = sidecar.get("/boot")
    assert headers["Host"] == "app.internal"
    assert headers["X-Hook-Secret"] == os.environ["HOOK_SECRET"]
    assert headers["X-Sidecar-Boot"] == boot.decode().strip()
    assert b"&call=publish&name=sk_something&type=live" in body


@pytest.mark.parametrize(
    ("status", "told"), [(204, 204), (302, 204), (404, 204), (500, 204), (None, 204), (403, 403)]
)
def test_an_update_that_fails_is_no_reason_to_end_a_stream(
    sidecar: Sidecar, status: int | None, told: int
) -> None:
    sidecar.app.update_status = status

    assert sidecar.get("/update", body=b"call=update_publish&clientid=1")[0] == told


def test_an_update_that_says_no_ends_the_stream(sidecar: Sidecar) -> None:
    sidecar.app.update_status = 403

    with sidecar.encoder() as encoder:
        assert encoder.wait(20) != 0


@pytest.mark.parametrize(
    "path",
    ["/", "/control/record/start?app=live", "/control/redirect/publisher?newname=x", "/hooks/done"],
)
def test_there_is_nothing_else_to_call(sidecar: Sidecar, path: str) -> None:
    assert sidecar.get(path)[0] in {403, 404}


def test_the_http_side_is_on_loopback_alone(sidecar: Sidecar) -> None:
    with socket.socket() as other:
        other.settimeout(2)
        address = socket.gethostbyname(socket.gethostname())
        if not address.startswith("127."):
            assert other.connect_ex((address, sidecar.port)) != 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x03" + b"\0" * 1536 + b"\xff" * 5000,
        b"\x06" * 4000,
        b"\x03" + b"\0" * 1536 + b"\0" * 1536 + b"\x02\0\0\0\0\0\4\1\0\0\0\0\0\0\0\0",
        b"",
    ],
)
def test_what_is_not_rtmp_is_refused_and_harms_nobody(sidecar: Sidecar, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", sidecar.rtmp_port), timeout=5) as peer:
        peer.sendall(garbage)

        with sidecar.encoder():
            wait_until(sidecar.names, what="the encoder to publish")

    assert [path for path, _, _ in sidecar.app.heard].count("/hooks/publish") == 1


def test_the_log_holds_no_key(sidecar: Sidecar) -> None:
    sidecar.app.status = 403
    with sidecar.encoder("sk_canary?name=sk_canary") as encoder:
        encoder.wait(10)

    assert "canary" not in sidecar.program.output()
