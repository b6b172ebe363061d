"""A process writes its numbers down while it lives, and says good-bye."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from streair.core.metrics.publisher import OnLoop, Publisher, snapshots
from tests.alerts import rules
from tests.eventually import comes_true

_PROGRAM = """
import time, django
django.setup()
from pathlib import Path
from django.conf import settings
from streair.core.metrics import publisher
settings.DATA_DIR = Path({folder!r})
publisher.SECONDS = 0.01
publisher.publish_from_a_thread("pages")
while not publisher.snapshots().silences("pages"):
    time.sleep(0.01)
"""


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "run" / "metrics"


def said_last(folder: Path, role: str) -> list[float]:
    """Return when each process of a role said something last; 0 for who has left."""
    return [path.stat().st_mtime for path in folder.glob(f"{role}-*.json")]


def test_a_program_with_a_thread_for_it_says_good_bye(folder: Path) -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(folder=str(folder.parent.parent))],
        env=env,
        check=True,
        timeout=60,
    )

    assert said_last(folder, "pages") == [0]


async def test_a_server_says_good_bye(folder: Path) -> None:
    on_loop = OnLoop("web")
    on_loop.start()
    await comes_true(lambda: len(said_last(folder, "web")) == 1)
    assert said_last(folder, "web")[0] > time.time() - 60

    await on_loop.stop()

    assert said_last(folder, "web") == [0]


def test_who_has_left_writes_no_more(folder: Path) -> None:
    this = Publisher("tests")
    this.write(this.take())
    assert len(snapshots().silences("tests")) == 1

    this.leave()
    this.write(this.take())

    assert said_last(folder, "tests") == [0]


def test_silence_is_told_within_the_time_in_which_it_can_be_heard() -> None:
    """Gunicorn ends who hangs within half a minute: to wait for a minute is to wait in vain."""
    (rule,) = (rule for rule in rules() if rule["alert"] == "StreAirProcessHangs")

    assert "for" not in rule
    assert "max_over_time(streair_process_silence_seconds[5m])" in rule["expr"]
