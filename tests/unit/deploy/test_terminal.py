"""Log files are shown line by line, across rotations, and never twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from deploy.terminal import LogTail


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "web.log"


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_what_an_earlier_run_logged_is_not_shown_again(log: Path) -> None:
    append(log, "yesterday\n")
    with closing(LogTail(log)) as tail:
        append(log, "today\n")

        assert tail.new_lines() == ["web       | today"]
        assert tail.new_lines() == []


def test_half_a_line_waits_for_its_other_half(log: Path) -> None:
    with closing(LogTail(log)) as tail:
        append(log, "one\ntw")
        assert tail.new_lines() == ["web       | one"]

        append(log, "o\n")
        assert tail.new_lines() == ["web       | two"]


def test_a_rotation_loses_nothing(log: Path) -> None:
    append(log, "")
    with closing(LogTail(log)) as tail:
        append(log, "last of the old\n")
        log.rename(log.with_suffix(".log.1"))
        append(log, "first of the new\n")

        lines = tail.new_lines()

    assert lines == ["web       | last of the old", "web       | first of the new"]
