"""What tests of streams share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from streair import ingest
from tests.fake_sidecar import FakeSidecar, fake_sidecar
from tests.nodes import node_word


@pytest.fixture
def sidecar(settings: Settings) -> Iterator[FakeSidecar]:
    """A fake sidecar where the services look for the real one."""
    with fake_sidecar() as server:
        settings.SIDECAR_PORT = server.port
        yield server


@pytest.fixture
def hanoi(settings: Settings) -> Iterator[FakeSidecar]:
    """The sidecar of a second node, called “hanoi”."""
    with fake_sidecar() as server:
        settings.INGEST_NODES = ingest.parse([ingest.MAIN, node_word("hanoi", server.port)])
        yield server
