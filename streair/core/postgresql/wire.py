"""PostgreSQL asked from the event loop: no thread, and several questions in one journey.

A thread that asks PostgreSQL fights with the event loop for the interpreter, and is woken several
times a question. For what a process asks many times a second that costs more than the answers.
This is libpq's pipeline mode (PostgreSQL's documentation, 34.5), by psycopg's own objects.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.types.numeric import Int8

from streair.core.postgresql import patience

logger = logging.getLogger(__name__)

Rows = list[tuple[Any, ...]]
# What is to be asked, with %(name)s where values come, and the values.
Question = tuple[str, Mapping[str, Any]]

# Planning the ledger's questions takes PostgreSQL longer than answering them: it plans each once.
MOST_PREPARED = 50
_PLACE = re.compile(r"%\((\w+)\)s|%%")
# psycopg's own loader, in C. Django's is in Python, for any zone; here all is in UTC.
_TIMES = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)


class Forgotten(psycopg.OperationalError):
    """The server does not know a prepared question (any more): nothing was done, and it may be asked again."""


_FORGOTTEN = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
)


class _Memory:
    """Whether connections keep what is prepared on them. Behind a PgBouncer they may not."""

    is_kept = True


class Wire:
    """One connection. Whoever has it asks one thing after the other; what fails ends it."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.enter_pipeline_mode()
        # Our own: libpq closes its when the connection is lost, while the loop still looks at it.
        self._socket = os.dup(self._pg.socket)
        self._loop = asyncio.get_running_loop()
        self._transformer = Transformer.from_context(connection)
        self._answers: list[Rows] = []
        self._prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        # Of what is under way, in order: does anybody want its answer?
        self._wanted: deque[bool] = deque()
        self._error: psycopg.Error | None = None
        self._heard: asyncio.Future[None] | None = None
        self.is_open = True
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def open(cls, **params: Any) -> Wire:
        """Connect with what psycopg takes. Raises psycopg.OperationalError."""
        connection = await psycopg.AsyncConnection.connect(**params, autocommit=True)
        try:
            if _TIMES is not None:
                connection.adapters.register_loader("timestamptz", _TIMES)
            await connection.execute("SET TIME ZONE 'UTC'")
            if (most := patience.statement_milliseconds()) is not None:
                await connection.execute(f"SET statement_timeout = {most}")
            return cls(connection)
        except BaseException:
            connection.pgconn.finish()
            raise

    async def ask(self, *questions: Question) -> list[Rows]:
        """Return the rows that answer each question. Raises psycopg.Error, and is closed then.

        When that is Forgotten, the same may be asked again by another way.
        """
        self._answers, self._error = [], None
        self._wanted.clear()
        self._heard = heard = self._loop.create_future()
        most = patience.seconds()
        timer = None if most is None else self._loop.call_later(most, self._give_up)
        try:
            for text, values in questions:
                self._send(text, values)
            self._pg.pipeline_sync()
            while not heard.done() and self._pg.flush():
                await self._writable(heard)
            await heard
        except _FORGOTTEN as exc:
            self.close()
            # A migration changed what it answers: the next connection prepares it anew.
            if _Memory.is_kept and not isinstance(exc, errors.FeatureNotSupported):
                logger.warning(
                    "Questions are planned anew each time, a pooler forgets them: %s", exc
                )
                _Memory.is_kept = False
            raise Forgotten(str(exc)) from exc
        except BaseException:
            self.close()
            raise
        finally:
            if timer is not None:
                timer.cancel()
        return self._answers

    def close(self) -> None:
        """Hang up; a transaction that is open is undone."""
        if self.is_open:
            self.is_open = False
            self._look_away()
            self._pg.finish()

    def _look_away(self) -> None:
        if self._socket >= 0:
            self._loop.remove_writer(self._socket)
            self._loop.remove_reader(self._socket)
            os.close(self._socket)
            self._socket = -1

    def _send(self, text: str, values: Mapping[str, Any]) -> None:
        command, names = _numbered(text)
        # By their size they would be of three types, and each a question of its own.
        found = [Int8(it) if type(it := values[name]) is int else it for name in names]
        dumped = self._transformer.dump_sequence(found, [PyFormat.AUTO] * len(found))
        types, formats = self._transformer.types or (), self._transformer.formats
        name = self._prepare(command, types) if types and _Memory.is_kept else None
        if name is None:
            self._pg.send_query_params(command, dumped, types, formats)
        else:
            self._pg.send_query_prepared(name, dumped, formats)
        self._wanted.append(True)

    def _prepare(self, command: bytes, types: tuple[int, ...]) -> bytes | None:
        """Have the server keep a question; return what it is called then, or None if it is not to."""
        name = self._prepared.get((command, types))
        if name is not None or len(self._prepared) >= MOST_PREPARED:
            return name
        # Who shares a connection with others must never mean another question by the same name.
        about = repr((command, types)).encode()
        name = b"streair_" + hashlib.sha256(about).hexdigest()[:32].encode()
        self._pg.send_prepare(name, command, types)
        self._wanted.append(False)
        self._prepared[command, types] = name
        return name

    def _read(self) -> None:
        try:
            self._pg.consume_input()
            was_end = False
            while not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None and was_end:
                    return  # Not the end of one answer, but of all that there is.
                was_end = result is None
                if result is None:
                    continue
                if result.status == ExecStatus.PIPELINE_SYNC:
                    self._settle(self._error)
                    return
                self._take(result)
        except psycopg.Error as exc:
            self._look_away()
            self._settle(exc)

    def _take(self, result: Any) -> None:
        # After all of them the server may still say why it hangs up.
        is_wanted = self._wanted.popleft() if self._wanted else True
        if result.status == ExecStatus.TUPLES_OK:
            self._transformer.set_pgresult(result)
            self._answers.append(self._transformer.load_rows(0, result.ntuples, tuple))
        elif result.status == ExecStatus.COMMAND_OK:
            if is_wanted:
                self._answers.append([])
        elif self._error is None:  # What follows it only says that it was not tried.
            self._error = psycopg.errors.error_from_result(result)

    def _settle(self, error: psycopg.Error | None) -> None:
        heard, self._heard = self._heard, None
        if heard is None or heard.done():
            # Nobody asked: the server hangs up.
            self.close()
        elif error is not None:
            heard.set_exception(error)
        else:
            heard.set_result(None)

    def _give_up(self) -> None:
        failure = psycopg.OperationalError("PostgreSQL did not answer in time.")
        if self._heard is not None and not self._heard.done():
            patience.breaker.rest(failure)
            self._heard.set_exception(failure)

    async def _writable(self, heard: asyncio.Future[None]) -> None:
        """Return once more can be sent, or there is nothing to wait for any more."""
        ready = self._loop.create_future()
        self._loop.add_writer(self._socket, _set, ready)
        try:
            await asyncio.wait((ready, heard), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._socket >= 0:
                self._loop.remove_writer(self._socket)


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():  # The loop says so again until somebody listens.
        ready.set_result(None)


@lru_cache(maxsize=500)
def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """Return SQL as the server takes it, with $1 for the first value, and which value is which."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%"
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return _PLACE.sub(number, text).encode(), tuple(names)
