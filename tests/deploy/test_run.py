"""`make run` for real: up, parts killed and back, stopped; two copies; leftovers of a killed run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from deploy.addresses import Addresses
from deploy.processes import group_members, is_alive, nginx_in
from tests.servers.collected import bring_static_files, keep_static_files
from tests.servers.leaks import assert_no_secrets_logged
from tests.servers.process import Program, free_port, wait_until

pytestmark = pytest.mark.system

BASE = Path(__file__).resolve().parents[2]
PARTS = ["sidecar", "web", "worker"]
SECRETS = ["SECRET_KEY", "JWT_SECRET", "HOOK_SECRET"]
RUNNING = "StreAir is running"


class Copy:
    """One `make run`, without make."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.data = folder / "data"
        ports = free_port(), free_port(), free_port()
        self.addresses = Addresses(*ports, "live", "", "")
        names = ("PORT", "RTMP_PORT", "SIDECAR_PORT")
        env = dict(zip(names, map(str, ports), strict=True))
        # As in a shell: the variables of the tests' own settings must not reach it.
        env |= {"DATA_DIR": str(self.data), "DJANGO_SETTINGS_MODULE": "streair.settings"}
        env |= dict.fromkeys(["DATABASE_URL", "REDIS_URL", *SECRETS], "")
        args = [sys.executable, "-m", "deploy.run"]
        self.terminal = Program("run", args, log=folder / "terminal", cwd=BASE, env=env)

    def start(self) -> None:
        """Run it, and wait until it says that it is running."""
        said = self.terminal.output().count(RUNNING)
        bring_static_files(self.data)
        self.terminal.start()

        def says_so_again() -> bool:
            assert self.terminal.is_running(), self.terminal.tail()
            return self.terminal.output().count(RUNNING) > said

        wait_until(says_so_again, timeout=90, what=repr(RUNNING))
        keep_static_files(self.data)

    def part(self, name: str) -> int:
        """Return the process id of a part."""
        return int((self.data / "run" / f"{name}.pid").read_text())

    def members(self) -> list[int]:
        """Return every process of every part."""
        groups = [group_members(self.part(name)) for name in ("supervisor", *PARTS)]
        return [*chain.from_iterable(groups), *nginx_in(self.data)]


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    copy = Copy(tmp_path_factory.mktemp("run") / "shared")
    yield copy
    copy.terminal.stop()
    lines = (copy.data / "secrets.env").read_text().splitlines()
    made = dict(line.split("=", 1) for line in lines)
    logs = [*(copy.data / "log").iterdir(), copy.terminal.log]
    assert_no_secrets_logged(logs, {**copy.terminal.env, **made})


@pytest.fixture
def copy(_shared: Copy) -> Copy:
    """A running copy, which the tests share: starting takes seconds."""
    if not _shared.terminal.is_running():
        _shared.start()
    return _shared


def alive(pids: list[int]) -> list[int]:
    return list(filter(is_alive, pids))


def test_ctrl_c_stops_everything_within_seven_seconds(copy: Copy) -> None:
    members = copy.members()
    output = copy.terminal.output()

    copy.terminal.signal(signal.SIGINT)

    assert copy.terminal.wait(7) == 0
    # The supervisor, gunicorn and its worker, the sidecar, its nginx with a worker, the worker.
    assert len(members) == 7
    assert alive(members) == []
    assert f"http://localhost:{copy.addresses.port}/" in output
    assert f"rtmp://localhost:{copy.addresses.rtmp_port}/live" in output


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_is_back_at_once(copy: Copy, name: str) -> None:
    killed = copy.part(name)

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: copy.part(name) != killed, timeout=2, what=f"{name} to be started again")
    wait_until(copy.addresses.answer, timeout=30, what="the site to answer again")


def test_another_copy_runs_beside_it(copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "other")
    try:
        other.start()

        assert copy.addresses.answer()
        assert other.addresses.answer()
    finally:
        other.terminal.stop()


def test_the_same_folder_does_not_run_twice(copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "other")
    other.terminal.env["DATA_DIR"] = str(copy.data)

    other.terminal.start()

    assert other.terminal.wait() == 1
    assert "choose another DATA_DIR" in other.terminal.output()
    assert copy.addresses.answer()


def test_a_taken_port_is_named_before_anything_starts(copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "other")
    other.terminal.env["PORT"] = str(copy.addresses.port)

    other.terminal.start()

    assert other.terminal.wait() == 1
    assert f"port {copy.addresses.port} cannot be used" in other.terminal.output()
    assert "choose another PORT" in other.terminal.output()


@pytest.mark.parametrize("killed", [["supervisor"], ["run"], ["run", "supervisor"]])
def test_after_a_kill_the_next_run_starts_clean(copy: Copy, killed: list[str]) -> None:
    before = copy.members()

    for name in killed:
        os.kill(copy.terminal.pid if name == "run" else copy.part(name), signal.SIGKILL)
    copy.terminal.wait()
    copy.start()

    assert alive(before) == []
    assert copy.addresses.answer()
