"""`make run` for real: up, parts killed and back, stopped; two copies; leftovers of a killed run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.addresses import Addresses
from deploy.processes import group_members
from tests.servers.process import Program, free_port, wait_until

pytestmark = pytest.mark.system

BASE = Path(__file__).resolve().parents[2]
PARTS = ["sidecar", "web", "worker"]


class Copy:
    """One `make run`, without make."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        ports = free_port(), free_port(), free_port()
        self.addresses = Addresses(*ports, "live", "", "")
        names = ("PORT", "RTMP_PORT", "SIDECAR_PORT")
        env = dict(zip(names, map(str, ports), strict=True))
        # As in a shell: the variables of the tests' own settings must not reach it.
        env |= {"DATA_DIR": str(self.data), "DJANGO_SETTINGS_MODULE": "", "REDIS_URL": ""}
        env |= {"DATABASE_URL": "", "SECRET_KEY": "", "JWT_SECRET": "", "HOOK_SECRET": ""}
        args = [sys.executable, "-m", "deploy.run"]
        self.terminal = Program("run", args, log=folder / "terminal", cwd=BASE, env=env)

    def start(self) -> None:
        self.terminal.start()
        wait_until(self._is_up, timeout=40, what="the site to be up")

    def _is_up(self) -> bool:
        assert self.terminal.is_running(), self.terminal.tail()
        return "StreAir is running" in self.terminal.output() and self.addresses.answer()

    def part(self, name: str) -> int:
        """Return the process id of a part."""
        return int((self.data / "run" / f"{name}.pid").read_text())

    def members(self) -> list[int]:
        """Return every process of every part that is recorded."""
        recorded = (self.data / "run").glob("*.pid")
        return [pid for path in recorded for pid in group_members(int(path.read_text()))]


Start = Callable[[], Copy]


@pytest.fixture
def start_copy(tmp_path: Path) -> Iterator[Start]:
    copies: list[Copy] = []

    def start() -> Copy:
        folder = tmp_path / str(len(copies))
        folder.mkdir()
        copies.append(Copy(folder))
        copies[-1].start()
        return copies[-1]

    yield start
    for copy in copies:
        copy.terminal.stop()


def test_ctrl_c_stops_everything_within_seven_seconds(start_copy: Start) -> None:
    copy = start_copy()
    members = copy.members()
    output = copy.terminal.output()

    copy.terminal.signal(signal.SIGINT)

    assert copy.terminal.wait(7) == 0
    assert len(members) >= 5  # The wrapper, nginx and its worker; gunicorn and its worker; …
    assert [pid for pid in members if Path(f"/proc/{pid}").exists()] == []
    assert f"http://localhost:{copy.addresses.port}/" in output
    assert f"rtmp://localhost:{copy.addresses.rtmp_port}/live" in output


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_is_back_at_once(start_copy: Start, name: str) -> None:
    copy = start_copy()
    killed = copy.part(name)

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: copy.part(name) != killed, timeout=1, what=f"{name} to be started again")
    wait_until(copy.addresses.answer, timeout=15, what="the site to answer again")


def test_two_copies_run_side_by_side_but_not_in_the_same_folder(start_copy: Start) -> None:
    first, second = start_copy(), start_copy()
    third = Copy(first.data.parent)

    third.terminal.start()

    assert third.terminal.wait() == 1
    assert "choose another DATA_DIR" in third.terminal.output()
    assert first.addresses.answer()
    assert second.addresses.answer()


def test_a_taken_port_is_named_before_anything_starts(start_copy: Start, tmp_path: Path) -> None:
    first = start_copy()
    second = Copy(tmp_path)
    args = {"PORT": str(first.addresses.port), "DATA_DIR": str(tmp_path / "other")}
    program = Program(
        "run",
        second.terminal.args,
        log=tmp_path / "second",
        cwd=BASE,
        env={**second.terminal.env, **args},
    )

    program.start()

    assert program.wait() == 1
    assert f"port {first.addresses.port} cannot be used" in program.output()
    assert "choose another PORT" in program.output()


@pytest.mark.parametrize("killed", [["supervisor"], ["run"], ["run", "supervisor"]])
def test_after_a_kill_the_next_run_starts_clean(start_copy: Start, killed: list[str]) -> None:
    copy = start_copy()
    before = copy.members()

    for name in killed:
        os.kill(copy.terminal.pid if name == "run" else copy.part(name), signal.SIGKILL)
    copy.terminal.wait()
    copy.start()

    assert [pid for pid in before if Path(f"/proc/{pid}").exists()] == []
