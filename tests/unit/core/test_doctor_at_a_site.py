"""The doctor where something is wrong with what runs: real ports, a real database, programs that say what they say."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from streair.core.doctor import Unwell, machine, running, stores, timekeeping
from tests.servers.process import free_port

_BASE = Path(__file__).resolve().parents[3]
Answering = Callable[[int, bytes], int]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Start programs that answer everything alike; return the port of each."""
    servers: list[HTTPServer] = []

    def start(status: int, body: bytes) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def wrong_with(look: Callable[[], str]) -> Unwell:
    with pytest.raises(Unwell) as found:
        look()
    return found.value


def test_a_site_that_runs_is_asked_itself(settings: Settings, answering: Answering) -> None:
    settings.PORT = answering(200, b'{"status": "ok"}')

    assert str(settings.PORT) in running.site()


def test_a_site_that_does_not_run_is_found(settings: Settings) -> None:
    settings.PORT = free_port()

    found = wrong_with(running.site)

    assert found.is_serious
    assert str(settings.PORT) in str(found.sentence)
    assert "make run" in str(found.remedy)


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<h1>It works!</h1>"), (404, b""), (200, b'{"status": "up"}')]
)
def test_a_port_that_another_program_has_is_found(
    settings: Settings, answering: Answering, status: int, body: bytes
) -> None:
    settings.PORT = answering(status, body)

    assert "ss -ltnp" in str(wrong_with(running.site).remedy)


def test_a_program_that_speaks_no_http_is_not_us(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.PORT = server.getsockname()[1]

        def greet() -> None:
            wire, _address = server.accept()
            wire.sendall(b"220 mail.example.org ESMTP\r\n")
            wire.close()

        threading.Thread(target=greet, daemon=True).start()

        assert "ss -ltnp" in str(wrong_with(running.site).remedy)


def test_a_front_with_nobody_behind_it_is_found(settings: Settings, answering: Answering) -> None:
    settings.PORT = answering(502, b"<h1>Bad gateway</h1>")

    found = wrong_with(running.site)

    assert "502" in str(found.sentence)
    assert "make run" in str(found.remedy)


def test_a_site_that_hangs_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.PORT = server.getsockname()[1]

        found = wrong_with(running.site)

    assert found.is_serious
    assert str(settings.PORT) in str(found.sentence)


@pytest.mark.parametrize(
    ("bind", "realtime", "asked"),
    [
        ("127.0.0.1", ["127.0.0.1:3021"], ["127.0.0.1:3000"]),
        ("127.0.0.1", ["realtime:3000"], ["realtime:3000"]),
        ("10.0.0.2", ["127.0.0.1:3021"], ["10.0.0.2:3021", "10.0.0.2:3022"]),
        ("127.0.0.3", ["127.0.0.1:3021"], ["127.0.0.3:3021", "127.0.0.3:3022"]),
    ],
    ids=["with a front", "in containers", "a second machine", "a machine within this one"],
)
def test_it_is_asked_where_it_is(
    settings: Settings, bind: str, realtime: list[str], asked: list[str]
) -> None:
    settings.PORT, settings.BIND_HOST, settings.FRONT_REALTIME = 3000, bind, realtime

    assert running.addresses() == asked


def test_that_nobody_makes_pages_is_found(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    assert wrong_with(running.pages).is_serious


@pytest.mark.django_db
def test_missing_migrations_are_found() -> None:
    recorder = MigrationRecorder(connection)
    app, name = max(key for key in recorder.applied_migrations() if key[0] == "rooms")
    recorder.record_unapplied(app, name)

    found = wrong_with(stores.migrations)

    assert "1" in str(found.sentence)
    assert "manage.py migrate" in str(found.remedy)


@pytest.mark.django_db
def test_a_clock_that_is_apart_from_the_databases_is_found() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's clock is ours")
    with time_machine.travel(3600.0, tick=True):
        found = wrong_with(stores.clock)

    assert found.is_serious
    assert "timedatectl" in str(found.remedy)


def test_a_database_that_is_away_is_found_and_all_else_looked_at() -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgres://nobody@127.0.0.1:{free_port()}/nothing",
        "LC_ALL": "en_US.UTF-8",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=_BASE,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "Check DATABASE_URL" in done.stdout
    assert done.stdout.count("needs Database") == 3
    assert "Disk" in done.stdout


def test_a_full_disk_is_found(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 1 << 60)

    assert str(tmp_path) in str(wrong_with(machine.disk).remedy)


@pytest.fixture
def timedatectl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only program there is; it is not there yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "timedatectl"


def says(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_clock_that_nobody_sets_is_found_and_is_no_more_than_doubtful(timedatectl: Path) -> None:
    says(timedatectl, "echo no")

    found = wrong_with(timekeeping.kept)

    assert not found.is_serious
    assert "set-ntp" in str(found.remedy)


def test_a_clock_that_is_set_is_well_and_where_nobody_knows_nothing_is_said_against_it(
    timedatectl: Path,
) -> None:
    unknown = timekeeping.kept()
    says(timedatectl, "echo Failed to connect to bus >&2; exit 1")
    assert timekeeping.kept() == unknown

    says(timedatectl, "[ \"$*\" = 'show --property=NTPSynchronized --value' ] && echo yes")

    assert timekeeping.kept() != unknown
