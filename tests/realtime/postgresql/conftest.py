"""A PostgreSQL of their own, and wires to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from streair.core.postgresql.wire import Wire
from streair.core.postgresql.wires import Wires
from tests.servers.databases import postgres_server
from tests.servers.process import Program


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Program, str]]:
    with postgres_server() as running:
        yield running


@pytest.fixture
async def wires(server: tuple[Program, str]) -> AsyncIterator[Wires]:
    _program, url = server
    made = Wires(lambda: Wire.open(conninfo=url), rest_seconds=0.2)
    yield made
    await made.close()
