"""Logs of `make run` do not grow for ever: the real supervisor, with parts that talk without end."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from tests.servers.process import Program, wait_until

pytestmark = pytest.mark.system

BASE = Path(__file__).resolve().parents[3]
PARTS = ("sidecar", "web", "worker")
BYTES = 100_000
# The supervisor looks at the size after it has written what it read at once.
READ_AT_ONCE = 131_072
LINES = 20_000
# In place of Python: says what it was started with, twenty times over the limit, and stays.
TALKER = f"""#!{sys.executable}
import signal, sys
for number in range({LINES}):
    print(number, "a line of a log that is about as long as such lines are, of", *sys.argv[1:])
print("That is all.", flush=True)
signal.pause()
"""


def test_logs_are_put_aside_and_the_oldest_forgotten(tmp_path: Path) -> None:
    talker, log = tmp_path / "talker", tmp_path / "log"
    talker.write_text(TALKER)
    talker.chmod(0o755)
    for folder in ("run", "log"):
        (tmp_path / folder).mkdir()
    env = {
        "STREAIR_RUN": str(tmp_path / "run"),
        "STREAIR_LOG": str(log),
        "STREAIR_LOG_BYTES": str(BYTES),
        "STREAIR_PYTHON": str(talker),
        "STREAIR_DEMO": "false",
    }
    args = [sys.executable, "-m", "deploy.supervise", "-c", "deploy/supervisord.conf"]
    program = Program("supervisor", args, log=tmp_path / "said", cwd=BASE, env=env)

    def has_ended(part: str) -> bool:
        return any("That is all." in path.read_text() for path in log.glob(f"{part}.log*"))

    with program:
        for part in PARTS:
            wait_until(partial(has_ended, part), timeout=60, what=f"{part} to end its talk")

        for part in PARTS:
            files = sorted(log.glob(f"{part}.log*"))
            assert [path.name for path in files] == [
                *(f"{part}.log{end}" for end in ("", ".1", ".2", ".3")),
            ]
            assert max(path.stat().st_size for path in files) <= BYTES + READ_AT_ONCE
            # The newest is there, and the oldest is not.
            text = "".join(path.read_text() for path in files)
            assert f"\n{LINES - 1} a line" in text
            assert "\n1 a line" not in text
