"""What every message asks of the database, written out.

The ORM takes longer to put these few questions together than the database to answer them, and
they are asked for every message of every room: in SQL they cost a third. All of it runs inside
the transaction of `chat.services.writing.write`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from chat.models import Message
from chat.permissions import Standing
from chat.selectors import StandingRow, standings_of

_CHAT = (
    "SELECT r.id, r.owner_id, r.state, c.slow_seconds, c.links_off, c.emoji_only,"
    " c.followers_only, c.followers_minutes, c.verified_only, c.account_age_minutes,"
    " w.id, w.edition, s.id, s.edition FROM chat_chat c JOIN rooms_room r ON r.id = c.room_id"
    " LEFT JOIN chat_wordlist w ON w.owner_id = r.owner_id"
    " LEFT JOIN chat_wordlist s ON s.is_site WHERE r.room_id = %s"
)
_PEOPLE = (
    "SELECT u.id, u.username, u.display_name, u.is_active, u.is_staff, m.id, x.scope, x.until, x.reason,"
    " (SELECT max(id) FROM chat_message WHERE room_id = %s) FROM accounts_user u"
    " LEFT JOIN chat_moderator m ON m.user_id = u.id AND m.owner_id = %s"
    " LEFT JOIN chat_restriction x ON x.user_id = u.id AND x.owner_id = %s"
    " WHERE u.id IN {} ORDER BY u.id"
)
_LATELY = (
    "SELECT author_id, room_id, sent FROM chat_message"
    " WHERE author_id IN {} AND sent > %s ORDER BY sent"
)
_INSERT = (
    "INSERT INTO chat_message (room_id, author_id, role, text, sent, reply_to_id, state)"
    " VALUES {} RETURNING id"
)


@dataclass(frozen=True, slots=True)
class OpenChat:
    """A room's chat as it is while it is locked."""

    room_pk: int
    owner_id: int
    room_state: str
    slow_seconds: int
    links_off: bool
    emoji_only: bool
    followers_only: bool
    followers_minutes: int
    verified_only: bool
    account_age_minutes: int
    # The streamer's word list, and the site's; None where there is none.
    word_list: int | None
    edition: str | None
    site_list: int | None
    site_edition: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """That somebody said something lately, and in which room."""

    author_id: int
    room_pk: int
    sent: datetime


def lock_chat(room_id: str) -> OpenChat | None:
    """Lock the room's chat until the transaction ends; None when there is none yet."""
    rows = _rows(_CHAT + _locking("c"), [room_id])
    return OpenChat(*rows[0]) if rows else None


def people_and_last_id(chat: OpenChat, ids: Collection[int]) -> tuple[dict[int, Standing], int]:
    """Return what these people are in the room, their rows locked, and the room's last message."""
    sql = _PEOPLE.format(_places(ids)) + _locking("u")
    found = _rows(sql, [chat.room_pk, chat.owner_id, chat.owner_id, *ids])
    rows = [StandingRow(*row)._replace(until=_moment(row[7])) for *row, _ in found]
    last_id = found[0][-1] if found else None
    return standings_of(chat.owner_id, rows), last_id or 0


def said_lately(ids: Collection[int], since: datetime) -> list[Said]:
    """Return what these people said since then, in any room, in order."""
    after = connection.ops.adapt_datetimefield_value(since)
    rows = _rows(_LATELY.format(_places(ids)), [*ids, after])
    return [Said(author_id, room, _moment(sent)) for author_id, room, sent in rows]


def insert(messages: Sequence[Message]) -> list[int]:
    """Save messages in their order; return their ids."""
    values: list[Any] = []
    for each in messages:
        sent = connection.ops.adapt_datetimefield_value(each.sent)
        values += [each.room_id, each.author_id, each.role, each.text, sent, each.reply_to_id]
        values.append(each.state)
    one = "(%s, %s, %s, %s, %s, %s, %s)"
    return [pk for (pk,) in _rows(_INSERT.format(", ".join([one] * len(messages))), values)]


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _places(ids: Collection[int]) -> str:
    return f"({', '.join(['%s'] * len(ids))})"


def _locking(table: str) -> str:
    # SQLite's transactions are IMMEDIATE: there is one writer at a time.
    return f" FOR NO KEY UPDATE OF {table}" if connection.vendor == "postgresql" else ""


def _moment(value: Any) -> Any:
    """Return a time as the ORM would; SQLite keeps them without a zone, in UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
