"""What belongs to a loop goes with it."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest
import uvloop

from streair.core.realtime.per_loop import per_loop


class Kept:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_loop_that_is_done_takes_along_what_knows_it(
    new_loop: type[asyncio.AbstractEventLoop],
) -> None:
    current = per_loop(Kept)
    found = []

    async def twice() -> None:
        assert current() is current()
        found.append(weakref.ref(current()))

    for _ in range(2):
        loop = new_loop()
        loop.run_until_complete(twice())
        loop.close()
    assert found[0] is not found[1]

    del loop
    gc.collect()
    assert [each() for each in found] == [None, None]
