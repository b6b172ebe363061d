"""A site that knows a second ingest node, "hanoi"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.node import NodePorts
from tests.servers.site import Site, running_site


@pytest.fixture(scope="module")
def ports() -> NodePorts:
    """Where that one will listen."""
    return NodePorts("hanoi")


@pytest.fixture(scope="module")
def site(ports: NodePorts) -> Iterator[Site]:
    with running_site(INGEST_NODES=f"main,{ports.word}") as running:
        yield running
