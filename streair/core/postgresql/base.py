"""Django's backend for PostgreSQL, with connections whose patience ends."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

from streair.core.breaker import Resting
from streair.core.postgresql import patience


class _AllInUse(Exception):
    """So many ask that nobody gave a connection back in time, which says nothing of the server."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the breaker before it connects: while PostgreSQL hangs, requests fail at once."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection of the pool's, or fail within its timeout."""
        try:
            return patience.breaker.run(
                lambda: self._connect(conn_params), psycopg.OperationalError
            )
        except (Resting, _AllInUse) as exc:
            raise psycopg.OperationalError(str(exc)) from exc

    def _configure_connection(self, connection: Any) -> bool:
        """Tell a new connection when statements end. Not as it opens: a PgBouncer would refuse it."""
        commit: bool = super()._configure_connection(connection)  # type: ignore[misc] # The stubs do not know it.
        if (most := patience.statement_milliseconds()) is not None:
            connection.execute(f"SET statement_timeout = {most}")
        return commit

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        pool = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        # A trial: the pool is asked only if it has one, since it is slow to say that it gets none.
        if patience.breaker.is_away and not pool.get_stats().get("pool_available"):
            self._find_server(conn_params)
        connection = self._from_pool(conn_params)
        if _has_hung_up(connection) or (patience.breaker.is_away and not _answers(connection)):
            pool.putconn(connection)
            self._find_server(conn_params)
            # What else the pool has was left by the same server.
            pool.drain()
            connection = self._from_pool(conn_params)
        return connection

    def _from_pool(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except PoolTimeout as exc:
            if self.pool.get_stats()["pool_size"] >= self.pool.max_size:
                raise _AllInUse(str(exc)) from exc
            raise

    def _find_server(self, conn_params: dict[str, Any]) -> None:
        """Find out past the pool whether the server is there.

        Raises psycopg.OperationalError at once where nobody listens, and after `connect_timeout` where nobody answers.
        """
        patience.Connection.connect(**conn_params).close()


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _has_hung_up(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has closed a connection that rested. Asks only our own kernel."""
    ready = select.poll()
    try:
        # libpq has no socket any more where it knows already.
        ready.register(connection.pgconn.socket, select.POLLIN)
        while ready.poll(0):  # Its last words, or the end.
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False
