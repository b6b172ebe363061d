"""Tasks that are ended although a cancellation got lost in them."""

from __future__ import annotations

import asyncio

import pytest

from streair.core.cancelling import cancelled, notice_cancellation


async def lost_in(work: asyncio.Future[None]) -> None:
    """As `asyncio.wait_for` of Python 3.11 when both come at once."""
    try:
        await work
    except asyncio.CancelledError:
        return


async def test_who_missed_it_is_told_again() -> None:
    loop, told = asyncio.get_running_loop(), 0

    async def deaf_at_first() -> None:
        nonlocal told
        await lost_in(loop.create_future())
        told = 1
        await loop.create_future()

    task = asyncio.create_task(deaf_at_first())
    await asyncio.sleep(0)
    await asyncio.wait_for(cancelled([task]), 5)

    assert told == 1
    assert task.cancelled()


async def test_nobody_is_waited_for_who_has_ended() -> None:
    async def quick() -> None:
        return

    task = asyncio.create_task(quick())
    await task

    await cancelled([task])
    await cancelled([])

    assert not task.cancelled()


async def test_what_was_lost_is_noticed() -> None:
    loop = asyncio.get_running_loop()

    async def rounds() -> None:
        while True:
            await lost_in(loop.create_future())
            notice_cancellation()

    task = asyncio.create_task(rounds())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)


async def test_a_time_that_ran_out_is_no_cancellation() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await asyncio.get_running_loop().create_future()

    notice_cancellation()
