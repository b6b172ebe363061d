"""Who makes pages, as the processes beside them see it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streair.core import health, page_processes
from streair.core.metrics.publisher import snapshots
from streair.core.metrics.snapshots import Process

_SCRIPT = "from django.conf import settings; print(settings.PAGES_APART)"


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until a test ends it."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as program:
        yield program
        program.kill()


def wrote(pid: int, role: str = "pages", *, elsewhere: bool = False) -> Path:
    """Have it say something; return the file."""
    born = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    process = replace(Process.this(role), pid=pid, born=born)
    if elsewhere:
        process = replace(process, space=1)
    snapshots().write(process, {})
    return next(iter(Path(snapshots()._folder).glob(f"{process.stem}.json")))


def are_away() -> bool:
    try:
        page_processes.look()
    except health.Ailing:
        return True
    return False


def test_other_processes_make_no_pages() -> None:
    wrote(os.getpid(), role="web")

    assert are_away()


def test_pages_are_made_until_the_last_that_makes_them_dies(
    other: subprocess.Popen[bytes],
) -> None:
    wrote(other.pid)
    assert not are_away()

    other.kill()
    other.wait()

    assert are_away()


def test_who_was_not_heard_of_for_a_while_makes_none(other: subprocess.Popen[bytes]) -> None:
    """It hangs, or it died where we see no processes: in another container, or under another unit."""
    for file in (wrote(other.pid), wrote(other.pid, elsewhere=True)):
        long_ago = time.time() - page_processes.SILENT_SECONDS
        os.utime(file, (long_ago, long_ago))

    assert are_away()

    wrote(other.pid, elsewhere=True)
    assert list(page_processes.look().values()) == [1]


@pytest.mark.parametrize(
    ("front", "apart"),
    [
        ({}, "False"),
        ({"FRONT_DIR": "/var/lib/streair-front"}, "True"),
        ({"FRONT_WEB": "web:3011"}, "True"),
        (
            {
                "MACHINE_ROLE": "app",
                "DATABASE_URL": "postgres://a@127.0.0.1/a",
                "REDIS_URL": "redis://127.0.0.1",
            },
            "True",
        ),
        ({"FRONT_WEB": "127.0.0.1:3000", "FRONT_REALTIME": "127.0.0.1:3000"}, "False"),
    ],
)
def test_there_are_such_processes_behind_a_front_that_tells_them_from_others(
    front: dict[str, str], apart: str
) -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **front}

    told = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=env, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == apart
