"""The wires that a process keeps: lent, opened in advance, closed when nobody needs them."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from streair.core.postgresql import patience
from streair.core.postgresql.wire import Wire
from streair.core.postgresql.wires import NoWire, Wires
from tests.eventually import comes_true
from tests.realtime.postgresql.asking import ask
from tests.servers.process import Program, free_port


async def test_one_that_the_server_closed_is_not_lent_again(wires: Wires) -> None:
    async with wires.borrow() as doomed, wires.borrow() as other:
        pid = (await doomed.ask(("SELECT pg_backend_pid()", {})))[0][0][0]
        await other.ask(("SELECT pg_terminate_backend(CAST(%(pid)s AS int))", {"pid": pid}))
    await comes_true(lambda: not doomed.is_open)

    for _ in range(3):
        assert await ask(wires, "SELECT 1") == [(1,)]


async def test_one_is_enough_for_who_asks_again_and_again_and_is_closed_afterwards(
    wires: Wires,
) -> None:
    used = set()
    for _ in range(5):
        async with wires.borrow() as wire:
            used.add(wire)

    assert len(used) == 1
    await wires.rested()
    assert not wire.is_open


async def test_a_server_that_takes_no_connection_was_asked_nothing() -> None:
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/none"

    with pytest.raises(NoWire):
        await ask(Wires(lambda: Wire.open(conninfo=nowhere)), "SELECT 1")


async def test_a_server_that_takes_no_connection_is_left_alone_for_a_moment(
    server: tuple[Program, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0
    works = asyncio.Event()

    async def open_wire() -> Wire:
        nonlocal tries
        tries += 1
        if not works.is_set():
            raise psycopg.OperationalError("too many clients")
        return await Wire.open(conninfo=server[1])

    monkeypatch.setattr(patience, "REST_SECONDS", 3600)
    wires = Wires(open_wire)
    for _ in range(3):
        with pytest.raises(NoWire):
            await ask(wires, "SELECT 1")
    assert tries == 1

    works.set()
    wires._again_at = asyncio.get_running_loop().time()  # The hour is over.
    assert await ask(wires, "SELECT 1") == [(1,)]
    await wires.close()


async def test_one_that_is_given_back_late_is_closed_after_a_while_too(wires: Wires) -> None:
    async with wires.borrow() as wire:
        await wires.rested()

    await wires.rested()
    assert not wire.is_open


async def test_who_may_ask_finds_one_ready_for_as_long_as_they_are_here(wires: Wires) -> None:
    wires.expect()
    await comes_true(lambda: wires._free)
    (ready,) = wires._free
    async with wires.borrow() as wire:
        assert wire is ready
        async with wires.borrow() as another:
            pass
    both = (ready, another)
    await comes_true(lambda: [wire.is_open for wire in both].count(True) == 1)

    wires.expect_no_more()
    await wires.rested()
    assert not any(wire.is_open for wire in both)


async def test_a_ready_one_that_the_server_closed_is_opened_anew(wires: Wires) -> None:
    wires.expect()
    async with wires.borrow() as doomed, wires.borrow() as other:
        pid = (await doomed.ask(("SELECT pg_backend_pid()", {})))[0][0][0]
        await other.ask(("SELECT pg_terminate_backend(CAST(%(pid)s AS int))", {"pid": pid}))
        other.close()

    await comes_true(lambda: any(wire.is_open for wire in wires._free))
    wires.expect_no_more()
