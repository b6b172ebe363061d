"""How long this process waits for PostgreSQL. Only whoever serves people is in a hurry."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from django.conf import settings

from streair.core.breaker import Breaker

T = TypeVar("T")

REST_SECONDS = 1.0
# PostgreSQL itself ends a statement a little earlier: then only that one fails, and its connection goes on.
EARLIER_SECONDS = 0.5

breaker = Breaker("PostgreSQL", rest_seconds=REST_SECONDS)

_is_serving = False


def serve() -> None:
    """Say that people wait for this process; `streair.asgi` does. Migrations and the like take their time."""
    global _is_serving  # noqa: PLW0603 - a fact about the process.
    _is_serving = True


def seconds() -> float | None:
    """Return how long to wait for an answer, or None for as long as it takes."""
    return settings.DATABASE_TIMEOUT_SECONDS if _is_serving else None


def statement_milliseconds() -> int | None:
    """Return after how long PostgreSQL is to end a statement, or None for never."""
    most = seconds()
    return None if most is None else int(max(most - EARLIER_SECONDS, most / 2) * 1000)


class Connection(psycopg.Connection[Any]):
    """Gives up on a server that does not answer. libpq itself waits for ever while TCP is well."""

    def wait(
        self,
        gen: Generator[Any, Any, T],
        interval: float = 0.1,
        timeout: float | None = None,
    ) -> T:
        """Return what `gen` comes to, which takes one exchange with the server."""
        most = seconds() if timeout is None else None
        if most is None:
            return super().wait(gen, interval, timeout)
        begun = time.monotonic()
        try:
            return super().wait(gen, interval, most)
        except psycopg.OperationalError as exc:
            if time.monotonic() - begun >= most:
                # Who knows what of it was done: nobody may use this connection again.
                self.pgconn.finish()
                breaker.rest(exc)
            raise
