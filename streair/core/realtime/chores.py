"""What a process asks the database every other second, for as long as anybody is there.

A thread that asks fights with the event loop for the interpreter, just when somebody waits for a message. Where
there is PostgreSQL, the loop asks itself, over a wire of the chores' own: nobody who writes waits for them.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import psycopg
from django.db import connection

from streair.core import sql
from streair.core.postgresql import patience
from streair.core.postgresql.wire import Forgotten
from streair.core.postgresql.wires import NoWire, Wires, to_our_database
from streair.core.realtime.clerks import Clerks, by_a_clerk, current_clerks
from streair.core.realtime.per_loop import per_loop
from streair.core.sql import Steps

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# Mostly one is enough. While a table is locked, those who do not need it go on.
_wires = per_loop(lambda: Wires(to_our_database, most=3))


def chore(
    steps: Callable[P, Steps[R]], clerks: Callable[[], Clerks] = current_clerks
) -> Callable[P, Awaitable[R]]:
    """Return `steps` as something to await. Raises DatabaseError."""

    def in_a_thread(*args: P.args, **kwargs: P.kwargs) -> R:
        return sql.answered(steps(*args, **kwargs))

    by_thread = by_a_clerk(in_a_thread, clerks)

    async def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        if sql.vendor() == "postgresql" and not patience.breaker.is_away:
            try:
                return await _over_a_wire(steps(*args, **kwargs))
            except (NoWire, Forgotten) as exc:
                logger.info("A thread asks, for want of a wire to PostgreSQL: %s", exc)
            except psycopg.Error as exc:
                with connection.wrap_database_errors:
                    raise exc from None
        return await by_thread(*args, **kwargs)

    return ask


async def _over_a_wire(steps: Steps[R]) -> R:
    async with _wires().borrow() as wire:
        try:
            questions = next(steps)
            while True:
                asked = [question.for_wire() for question in questions]
                questions = steps.send(await wire.ask(*asked))
        except StopIteration as end:
            result: R = end.value
            return result
