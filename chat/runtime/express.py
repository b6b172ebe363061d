"""Most messages, written from the event loop in two journeys to PostgreSQL; all others take the long way.

The same questions, judge and insertion as `chat.services.write`. What needs more than them (a reply, a
mode that asks who somebody is, a word list) is not begun here, and the database of `make run`, SQLite,
is asked by threads anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import psycopg
from django.db import connection
from django.utils.timezone import now

from chat.services import Draft, Held, Written, ledger, writing
from chat.services.ledger import NewMessage
from streair.core import sql
from streair.core.errors import StreAirError
from streair.core.postgresql import patience
from streair.core.postgresql.wire import Forgotten, Wire
from streair.core.postgresql.wires import NoWire, current_wires

logger = logging.getLogger(__name__)

Outcome = Written | Held | StreAirError


class _NotBegun(Exception):
    """Nothing was written, and nothing is locked: the long way may be tried."""


def expect_writer() -> None:
    """Somebody is here who may say something: their first message need not wait for a connection."""
    if sql.vendor() == "postgresql":
        current_wires().expect()


def expect_no_more() -> None:
    """Undo `expect_writer`: they are gone."""
    if sql.vendor() == "postgresql":
        current_wires().expect_no_more()


async def write(room_id: str, drafts: Sequence[Draft]) -> list[Outcome] | None:
    """Write what may be written, in order, as `chat.services.write`; None when that is not for here."""
    if sql.vendor() != "postgresql" or patience.breaker.is_away:
        return None
    try:
        async with current_wires().borrow() as wire:
            page = await _open_page(wire, room_id, drafts)
            at = now()
            if page is None or writing.asks_more(page, room_id, drafts, at=at):
                await wire.ask(("ROLLBACK", {}))
                return None
            desk = writing.Desk(room_id, page, at=at, has_passed=True)
            verdicts = desk.judge(drafts)
            return desk.outcomes(verdicts, await _insert(wire, writing.to_insert(verdicts)))
    except (_NotBegun, NoWire, Forgotten) as exc:
        logger.info("The short way to PostgreSQL is closed: %s", exc)
        return None
    except psycopg.Error as exc:
        with connection.wrap_database_errors:
            raise exc from None


async def _open_page(wire: Wire, room_id: str, drafts: Sequence[Draft]) -> ledger.Page | None:
    authors = {draft.author_id for draft in drafts}
    questions = ledger.page_questions(room_id, authors, now())
    try:
        _begun, *answers = await wire.ask(("BEGIN", {}), *questions)
    except psycopg.OperationalError as exc:
        # A server that was restarted has forgotten our connection, say.
        raise _NotBegun(str(exc)) from exc
    return ledger.page_of(answers)


async def _insert(wire: Wire, messages: list[NewMessage]) -> list[int]:
    """Save messages and end the transaction; return their ids."""
    if not messages:
        await wire.ask(("ROLLBACK", {}))
        return []
    rows, _committed = await wire.ask(ledger.insertion(messages), ("COMMIT", {}))
    return [pk for (pk,) in rows]
