"""Django's backend for PostgreSQL, with connections whose patience ends."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from streair.core.breaker import Resting
from streair.core.postgresql import patience


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the breaker before it connects: while PostgreSQL hangs, requests fail at once."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection of the pool's, or fail within its timeout."""
        try:
            return patience.breaker.run(
                lambda: self._connect(conn_params), psycopg.OperationalError
            )
        except Resting as exc:
            raise psycopg.OperationalError(str(exc)) from exc

    def _configure_connection(self, connection: Any) -> bool:
        """Tell a new connection when statements end. Not as it opens: a PgBouncer would refuse it."""
        commit: bool = super()._configure_connection(connection)  # type: ignore[misc] # The stubs do not know it.
        if (most := patience.statement_milliseconds()) is not None:
            connection.execute(f"SET statement_timeout = {most}")
        return commit

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        if patience.breaker.is_away:
            self._begin_anew(conn_params)
        connection = super().get_new_connection(conn_params)
        if self.pool and _has_hung_up(connection):
            self.pool.putconn(connection)
            self._begin_anew(conn_params)
            connection = super().get_new_connection(conn_params)
        return connection

    def _begin_anew(self, conn_params: dict[str, Any]) -> None:
        """Find out whether the server is there, past the pool: what that has may all be dead, and it is slow to say.

        Raises psycopg.OperationalError at once where nobody listens, and after `connect_timeout` where nobody answers.
        """
        patience.Connection.connect(**conn_params).close()
        if self.pool:
            self.pool.drain()


def _has_hung_up(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has closed a connection that rested. Asks only our own kernel."""
    ready = select.poll()
    ready.register(connection.pgconn.socket, select.POLLIN)
    try:
        while ready.poll(0):  # Its last words, or the end.
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False
