"""Sockets live in the tests' own process."""

from __future__ import annotations

import pytest

from streair.core.realtime import bridge


@pytest.fixture(autouse=True)
def _sockets_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_sockets_are_here", True)
