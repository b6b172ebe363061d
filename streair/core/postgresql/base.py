"""Django's backend for PostgreSQL, with connections whose patience ends."""

from __future__ import annotations

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
        connection = super().get_new_connection(conn_params)
        if patience.breaker.is_away:
            # The pool does not ask the server: what it has may be as dead as the last one.
            try:
                connection.execute("SELECT 1")
            except psycopg.Error:
                if self.pool:
                    self.pool.putconn(connection)
                raise
        return connection
