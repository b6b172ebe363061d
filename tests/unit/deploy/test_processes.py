"""Leftovers of a killed run are ended; a stranger with a recycled id is left alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.processes import end_leftovers, group_members
from tests.servers.process import Program, wait_until

IDLE = "import signal; print('up', flush=True); signal.pause()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {IDLE!r}])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {IDLE}"

Start = Callable[..., Program]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "run"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Program] = []

    def start_one(code: str, **env: str) -> Program:
        log = tmp_path / f"{len(started)}.log"
        program = Program("part", [sys.executable, "-c", code], log=log, env=env).start()
        started.append(program)
        wait_until(lambda: "up" in program.output(), what="the part to be up")
        return program

    yield start_one
    for program in started:
        program.stop()


def test_a_leftover_is_ended_with_its_children(run: Path, start: Start) -> None:
    part = start(PARENT, STREAIR_RUN=str(run))
    members = group_members(part.pid)
    (run / "web.pid").write_text(f"{part.pid}\n")

    ended = end_leftovers(run.parent)

    assert ended == ["web"]
    assert len(members) == 2
    assert wait_until(lambda: part.returncode) is not None
    assert group_members(part.pid) == []
    assert list(run.iterdir()) == []


def test_a_leftover_that_ignores_sigterm_is_killed(
    run: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.processes._STOP_SECONDS", 0.3)
    part = start(STUBBORN, STREAIR_RUN=str(run))
    (run / "worker.pid").write_text(str(part.pid))

    end_leftovers(run.parent)

    assert part.wait() == -9


def test_a_stranger_with_a_recorded_id_is_left_alone(run: Path, start: Start) -> None:
    stranger = start(IDLE)
    another_copy = start(IDLE, STREAIR_RUN=str(run.parent.parent / "data2" / "run"))
    (run / "web.pid").write_text(str(stranger.pid))
    (run / "worker.pid").write_text(str(another_copy.pid))
    (run / "sidecar.pid").write_text("rubbish")

    ended = end_leftovers(run.parent)

    assert ended == []
    assert stranger.is_running()
    assert another_copy.is_running()
    assert list(run.iterdir()) == []
