"""What tests of streams share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.fake_sidecar import FakeSidecar, fake_sidecar


@pytest.fixture
def sidecar(settings: Settings) -> Iterator[FakeSidecar]:
    """A fake sidecar where the services look for the real one."""
    with fake_sidecar() as server:
        settings.SIDECAR_PORT = server.port
        yield server
