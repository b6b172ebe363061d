"""A wire to PostgreSQL: questions, faults, locks, and what the server plans once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import uvloop

from streair.core.breaker import Breaker
from streair.core.postgresql import patience
from streair.core.postgresql import wire as wire_module
from streair.core.postgresql.wire import Forgotten, Wire
from streair.core.postgresql.wires import Wires
from tests.eventually import comes_true
from tests.realtime.postgresql.asking import ask
from tests.servers.process import Program

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
async def _table(wires: Wires) -> None:
    await ask(wires, "DROP TABLE IF EXISTS said")
    await ask(wires, "CREATE TABLE said (id bigserial, text text UNIQUE, at timestamptz)")


@pytest.mark.parametrize("value", [7, 1 << 40, "a 'quoted' 100% “word”", "", NOON, None, True])
async def test_values_come_back_as_they_went(wires: Wires, value: Any) -> None:
    kind = {int: "bigint", str: "text", datetime: "timestamptz", bool: "boolean"}.get(
        type(value), "text"
    )

    assert await ask(wires, f"SELECT CAST(%(it)s AS {kind}), 100 %% 7", it=value) == [(value, 2)]


@pytest.mark.usefixtures("_table")
async def test_several_questions_are_answered_in_order(wires: Wires) -> None:
    async with wires.borrow() as wire:
        answers = await wire.ask(
            ("BEGIN", {}),
            (
                "INSERT INTO said (text) VALUES (%(a)s), (%(b)s) RETURNING id",
                {"a": "x", "b": "y"},
            ),
            ("SELECT text FROM said WHERE text <> %(no)s ORDER BY id", {"no": "z"}),
            ("COMMIT", {}),
        )

    assert answers == [[], [(1,), (2,)], [("x",), ("y",)], []]


@pytest.mark.usefixtures("_table")
async def test_more_than_a_socket_takes_at_once(wires: Wires) -> None:
    text = "x" * 30_000_000

    await ask(wires, "INSERT INTO said (text, at) SELECT left(%(t)s, 5), now()", t=text)

    assert await ask(wires, "SELECT text FROM said") == [("xxxxx",)]


@pytest.mark.usefixtures("_table")
async def test_a_fault_is_the_servers_own_and_undoes_the_transaction(wires: Wires) -> None:
    insert = "INSERT INTO said (text) VALUES (%(t)s)"
    async with wires.borrow() as wire:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await wire.ask(
                ("BEGIN", {}), (insert, {"t": "x"}), (insert, {"t": "x"}), ("COMMIT", {})
            )
        assert not wire.is_open

    assert await ask(wires, "SELECT * FROM said") == []


@pytest.mark.usefixtures("_table")
async def test_what_is_left_halfway_is_undone(wires: Wires) -> None:
    async def fail() -> None:
        async with wires.borrow() as wire:
            await wire.ask(("BEGIN", {}), ("INSERT INTO said (text) VALUES ('x')", {}))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    assert await ask(wires, "SELECT * FROM said") == []


@pytest.mark.usefixtures("_table")
async def test_who_waits_for_a_lock_holds_up_nobody_else(wires: Wires) -> None:
    lock = "LOCK TABLE said IN EXCLUSIVE MODE"
    async with wires.borrow() as first:
        await first.ask(("BEGIN", {}), (lock, {}))
        second = asyncio.create_task(ask(wires, "INSERT INTO said (text) VALUES ('second')"))

        assert await ask(wires, "SELECT 1") == [(1,)]
        assert not second.done()
        await first.ask(("COMMIT", {}))
    await second

    assert await ask(wires, "SELECT text FROM said") == [("second",)]


async def test_a_server_that_hangs_is_waited_for_only_so_long(
    wires: Wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "seconds", lambda: 0.3)
    monkeypatch.setattr(patience, "breaker", Breaker("PostgreSQL", rest_seconds=1))
    async with wires.borrow() as wire:
        backend = (await wire.ask(("SELECT pg_backend_pid()", {})))[0][0][0]
        os.kill(backend, signal.SIGSTOP)
        try:
            with pytest.raises(psycopg.OperationalError):
                await wire.ask(("SELECT 1", {}))
        finally:
            os.kill(backend, signal.SIGCONT)
        assert not wire.is_open
    assert patience.breaker.is_away


async def test_a_question_is_planned_once(wires: Wires) -> None:
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%one and only%%'"
    for value in (1, 2, 3):
        assert await ask(wires, 'SELECT %(it)s + 1 AS "one and only"', it=value) == [(value + 1,)]

    assert await ask(wires, kept) == [(1,)]


async def test_no_more_are_kept_than_fit(wires: Wires, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "MOST_PREPARED", 3)

    for number in range(6):
        assert await ask(wires, f"SELECT {number} + %(it)s", it=1) == [(number + 1,)]

    assert await ask(wires, "SELECT count(*) FROM pg_prepared_statements") == [(3,)]


@pytest.mark.usefixtures("_table")
async def test_a_pooler_that_forgets_is_asked_without_preparing(
    wires: Wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module._Memory, "is_kept", True)
    insert = "INSERT INTO said (text) VALUES (%(t)s)"
    await ask(wires, insert, t="before")
    async with wires.borrow() as wire:
        await wire.ask(("DEALLOCATE ALL", {}))
        with pytest.raises(Forgotten):
            await wire.ask(("SELECT 1", {}), (insert, {"t": "lost"}))
        assert not wire.is_open

    assert not wire_module._Memory.is_kept
    await ask(wires, insert, t="after")
    await ask(wires, "DEALLOCATE ALL")
    await ask(wires, insert, t="later")
    assert await ask(wires, "SELECT text FROM said ORDER BY id") == [
        ("before",),
        ("after",),
        ("later",),
    ]


async def test_the_same_name_of_somebody_else_is_no_fault_of_ours(
    wires: Wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module._Memory, "is_kept", True)
    async with wires.borrow() as wire:
        await wire.ask(("SELECT %(it)s", {"it": 1}))
        wire._prepared.clear()  # As if another process had come before us.
        with pytest.raises(Forgotten):
            await wire.ask(("SELECT %(it)s", {"it": 1}))

    assert await ask(wires, "SELECT %(it)s", it=1) == [(1,)]


@pytest.mark.usefixtures("_table")
async def test_a_migration_that_changes_an_answer_costs_one_try(wires: Wires) -> None:
    look = "SELECT text FROM said WHERE text <> %(no)s"
    await ask(wires, look, no="x")
    async with wires.borrow() as wire:
        await wire.ask(("ALTER TABLE said ALTER COLUMN text TYPE varchar(20)", {}))
        with pytest.raises(Forgotten):
            await wire.ask((look, {"no": "x"}))

    assert wire_module._Memory.is_kept
    assert await ask(wires, look, no="x") == []


async def test_waiting_to_send_more_goes_without_a_complaint(wires: Wires) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: complaints.append(what))

    assert await ask(wires, "SELECT length(%(t)s)", t="x" * 30_000_000) == [(30_000_000,)]

    assert complaints == []


@pytest.mark.parametrize("policy", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_peer_that_hangs_up_while_much_is_sent_is_noticed(
    policy: Callable[[], asyncio.AbstractEventLoop], server: tuple[Program, str]
) -> None:
    """In a process of its own: uvloop ends it when somebody closes a descriptor that it looks at."""
    _program, url = server

    async def main() -> None:
        wire = await Wire.open(conninfo=url)
        with contextlib.suppress(OSError):
            wire_socket = socket.socket(fileno=os.dup(wire._pg.socket))
            wire_socket.shutdown(socket.SHUT_RD)  # As if the other side had said goodbye.
            wire_socket.close()
        with pytest.raises(psycopg.OperationalError):
            await wire.ask(("SELECT length(%(t)s)", {"t": "x" * 30_000_000}))
        assert not wire.is_open

    with asyncio.Runner(loop_factory=policy) as runner:
        runner.run(asyncio.wait_for(main(), 10))


async def test_who_is_interrupted_while_opening_one_leaves_none(
    server: tuple[Program, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _program, url = server

    async def forever(*_args: Any) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.AsyncConnection, "execute", forever)
        with pytest.raises(TimeoutError) as interrupted:  # Which remembers where that was.
            await asyncio.wait_for(Wire.open(conninfo=url, application_name="left"), 1)

    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'left'"
    with psycopg.connect(url, autocommit=True) as admin:
        await comes_true(lambda: admin.execute(count).fetchone() == (0,))
    del interrupted
