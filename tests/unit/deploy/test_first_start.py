"""Secrets are made once, kept, and readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.first_start import make_secrets

NAMES = ["SECRET_KEY", "JWT_SECRET", "HOOK_SECRET"]


@pytest.fixture(autouse=True)
def _no_secrets_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        # Set first: what a test adds afterwards is then undone, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def values(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def test_a_first_start_makes_long_different_secrets_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"

    make_secrets(path)

    made = values(path)
    assert list(made) == NAMES
    assert len(set(made.values())) == 3
    assert all(len(value) >= 48 for value in made.values())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_start_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    make_secrets(path)
    before = path.read_text()

    make_secrets(path)

    assert path.read_text() == before


def test_they_are_in_force_even_where_an_empty_variable_stands_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secrets.env"
    monkeypatch.setenv("SECRET_KEY", "")

    make_secrets(path)

    assert os.environ["SECRET_KEY"] == values(path)["SECRET_KEY"]


def test_only_the_missing_ones_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("HOOK_SECRET=old\n")
    monkeypatch.setenv("SECRET_KEY", "from the environment")

    make_secrets(path)

    made = values(path)
    assert sorted(made) == ["HOOK_SECRET", "JWT_SECRET"]
    assert made["HOOK_SECRET"] == "old"
