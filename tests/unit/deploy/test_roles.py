"""What a machine that serves another one's site must be given, before anything is done to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
# What deploy/install has said before it reads roles.sh.
SCRIPT = """
set -eu
settings=$1/etc data=$1/data front=$1/front given=$2 role=$3
stop() { echo "$*" >&2; exit 1; }
mountpoint() { [ -e "$2/mounted" ]; }
. "$4/roles.sh"
check_given
"""
INGEST = {
    "INGEST_NODE": "hanoi",
    "INGEST_SITE": "https://live.example.org",
    "INGEST_SECRET": "0" * 64,
    "INGEST_HOST": "10.0.0.7",
    "INGEST_ALLOW": "10.0.0.1",
}
EDGE = {
    "EDGE_SITE": "https://live.example.org",
    "EDGE_URL": "https://edge1.example.org",
    "EDGE_SECRET": "s" * 32,
}
APP = {
    "SECRET_KEY": "a" * 32,
    "JWT_SECRET": "b" * 32,
    "HOOK_SECRET": "c" * 32,
    "CLIENT_URL": "https://live.example.org",
    "BIND_HOST": "10.0.0.2",
    "DATABASE_URL": "postgres://streair:PASSWORD@10.0.0.1/streair",
    "REDIS_URL": "redis://:PASSWORD@10.0.0.1:6379/0",
    "RTMP_SERVER_URL": "rtmp://10.0.0.1:11936/live",
    "TRUSTED_PROXIES": "127.0.0.1,::1,10.0.0.1",
    "ALLOWED_HOSTS": "live.example.org,10.0.0.2",
}
ROLES = {"ingest": INGEST, "edge": EDGE, "app": APP}


class Machine:
    """A folder with what a machine has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "etc").mkdir()
        self.media = folder / "data/media"
        self.media.mkdir(parents=True)
        (self.media / "mounted").touch()
        (folder / "bin").mkdir()
        self.owned_by(990)

    def owned_by(self, number: int) -> None:
        """Have the mounted folder belong to somebody; here nobody is called streair."""
        for name, text in (("stat", f"echo {number}"), ("getent", "exit 2")):
            path = self.folder / "bin" / name
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)

    def has(self, settings: dict[str, str]) -> None:
        (self.folder / "etc/env").write_text(_lines(settings))

    def refuses(self, role: str, given: dict[str, str]) -> str:
        """Return why; nothing when all is there."""
        path = self.folder / "given"
        path.write_text("# From the site's keeper.\n\n" + _lines(given).rstrip("\n"))
        done = subprocess.run(
            ["sh", "-c", SCRIPT, "sh", str(self.folder), str(path), role, str(DEPLOY)],
            env={"PATH": f"{self.folder}/bin:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert (done.returncode == 0) == (done.stderr == ""), done.stderr
        return done.stderr.strip()


def _lines(settings: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_more_is_asked_for_than_what_is_told(machine: Machine, role: str) -> None:
    assert machine.refuses(role, ROLES[role]) == ""


@pytest.mark.parametrize("role", ROLES)
def test_what_is_there_already_need_not_be_given_again(machine: Machine, role: str) -> None:
    machine.has(ROLES[role])

    assert machine.refuses(role, {}) == ""


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role, given in ROLES.items() for name in given]
)
def test_what_is_missing_is_named(machine: Machine, role: str, name: str) -> None:
    given = {key: value for key, value in ROLES[role].items() if key != name}

    said = machine.refuses(role, given)

    assert said.startswith(name)
    assert said.count("\n") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIND_HOST", "127.0.0.1"),
        ("BIND_HOST", "0.0.0.0"),  # noqa: S104 - what is refused.
        ("DATABASE_URL", "postgres:////var/run/postgresql/streair"),
        ("DATABASE_URL", "postgres://streair:PASSWORD@localhost/streair"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("RTMP_SERVER_URL", "rtmp://127.0.0.1:1935/live"),
        ("TRUSTED_PROXIES", "127.0.0.1,10.0.0.11"),
        ("ALLOWED_HOSTS", "live.example.org"),
    ],
)
def test_an_app_machine_that_would_ask_itself_is_refused(
    machine: Machine, name: str, value: str
) -> None:
    said = machine.refuses("app", {**APP, name: value})

    assert said.startswith(name)
    assert "PASSWORD" not in said


def test_an_app_machine_needs_the_media_of_the_first(machine: Machine) -> None:
    machine.owned_by(0)
    assert "belongs to root" in machine.refuses("app", APP)

    (machine.media / "mounted").unlink()
    assert machine.refuses("app", APP).startswith("mount the first machine's")


def test_what_was_given_before_is_not_changed_in_silence(machine: Machine) -> None:
    machine.has(EDGE)

    said = machine.refuses("edge", {**EDGE, "EDGE_SECRET": "t" * 32})

    assert said.startswith("EDGE_SECRET is another one in ")
    assert "tttt" not in said


def test_there_are_no_other_roles(machine: Machine) -> None:
    assert machine.refuses("relay", EDGE).startswith("there is no role relay")
