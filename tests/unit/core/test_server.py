"""The process that serves: it sleeps for a second at a time, and ends at once all the same."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest
from uvicorn import Config

from streair.server import _Server
from tests.eventually import comes_true


async def nobody(_scope: Any, _receive: Any, _send: Any) -> None:
    """Answer nothing."""


@pytest.mark.parametrize("when", ["before it serves", "while it sleeps"])
async def test_whoever_asks_it_to_end_does_not_wait_for_its_next_look(when: str) -> None:
    server = _Server(Config(nobody))
    if when == "before it serves":
        server.handle_exit(signal.SIGTERM, None)
    looping = asyncio.create_task(server.main_loop())
    await asyncio.sleep(0)
    if when == "while it sleeps":
        assert not looping.done()
        server.handle_exit(signal.SIGTERM, None)

    async with asyncio.timeout(0.5):
        await looping


async def test_it_keeps_the_date_it_answers_with() -> None:
    server = _Server(Config(nobody))
    looping = asyncio.create_task(server.main_loop())
    await asyncio.sleep(0)
    first = dict(server.server_state.default_headers)[b"date"]
    await comes_true(lambda: dict(server.server_state.default_headers)[b"date"] != first)
    server.handle_exit(signal.SIGTERM, None)
    await looping
