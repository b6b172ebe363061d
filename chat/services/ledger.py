"""What every message asks of the database, written out.

The ORM takes longer to put these few questions together than the database to answer them, and
they are asked for every message of every room: in SQL they cost a third, and less again when
PostgreSQL is asked several at a time. All of it runs inside the transaction of
`chat.services.writing.write`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from psycopg.pq import TransactionStatus

from chat.limits import SECONDS
from chat.models import Message, MessageState
from chat.permissions import Standing
from chat.selectors import StandingRow, standings_of
from streair.core.sql import vendor

_CHAT = (
    "SELECT r.id, r.owner_id, r.state, c.slow_seconds, c.links_off, c.emoji_only,"
    " c.followers_only, c.followers_minutes, c.verified_only, c.account_age_minutes,"
    " w.id, w.edition, s.id, s.edition FROM chat_chat c JOIN rooms_room r ON r.id = c.room_id"
    " LEFT JOIN chat_wordlist w ON w.owner_id = r.owner_id"
    " LEFT JOIN chat_wordlist s ON s.is_site WHERE r.room_id = %(room)s"
)
_PEOPLE = (
    "SELECT u.id, u.username, u.display_name, u.is_active, u.is_staff, m.id, x.scope, x.until, x.reason,"
    " (SELECT max(id) FROM chat_message"
    " WHERE room_id = (SELECT id FROM rooms_room WHERE room_id = %(room)s))"
    " FROM rooms_room r JOIN accounts_user u ON u.id IN {people}"
    " LEFT JOIN chat_moderator m ON m.user_id = u.id AND m.owner_id = r.owner_id"
    " LEFT JOIN chat_restriction x ON x.user_id = u.id AND x.owner_id = r.owner_id"
    " WHERE r.room_id = %(room)s ORDER BY u.id"
)
_LATELY = (
    "SELECT author_id, room_id, sent FROM chat_message WHERE author_id IN {people} AND sent >"
    " (SELECT {since} FROM chat_chat c JOIN rooms_room r ON r.id = c.room_id"
    " WHERE r.room_id = %(room)s) ORDER BY sent"
)
# As far back as the limit looks, or slow mode.
_SINCE = {
    "postgresql": "%(now)s - greatest(%(seconds)s, c.slow_seconds) * interval '1 second'",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %(now)s,"
    " '-' || max(%(seconds)s, c.slow_seconds) || ' seconds')",
}
_INSERT = (
    "INSERT INTO chat_message (room_id, author_id, role, text, sent, reply_to_id, state)"
    " VALUES {} RETURNING id"
)
# Of nulls alone the server would not know what they are.
_ROW = "(%(r{0})s, %(a{0})s, %(t{0})s, %(w{0})s, %(s{0})s, CAST(%(q{0})s AS bigint), %(z{0})s)"

# What is asked, and the values in it.
Question = tuple[str, Mapping[str, Any]]


class OpenChat(NamedTuple):
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


class Said(NamedTuple):
    """That somebody said something lately, and in which room."""

    author_id: int
    room_pk: int
    sent: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """What is known when somebody wants to write: the chat, and these people in it."""

    chat: OpenChat
    people: dict[int, Standing]
    last_id: int
    said: list[Said]  # By these people lately, in any room, in order.


@dataclass(slots=True)
class NewMessage:
    """A message that is to be saved. A row of the model takes longer to make than to write."""

    room_id: int
    author: Standing
    text: str
    sent: datetime
    reply_to: Message | None


def open_page(room_id: str, ids: Collection[int], at: datetime) -> Page | None:
    """Lock the room's chat and these people until the transaction ends, and return what is known then.

    None when there is no chat yet. Each question sees what was committed while the one before
    it waited for its lock: so nobody writes meanwhile, and nobody in two rooms at a time.
    """
    return page_of(_ask(*page_questions(room_id, ids, at)))


def page_questions(room_id: str, ids: Collection[int], at: datetime) -> list[Question]:
    """Return what `open_page` asks, one after the other in a transaction."""
    people = {f"p{number}": pk for number, pk in enumerate(ids)}
    places = f"({', '.join(f'%({name})s' for name in people)})"
    seconds = SECONDS if settings.RATE_LIMIT_ENABLED else 0
    about = {"room": room_id, "now": _stored(at), "seconds": seconds, **people}
    return [
        (_CHAT + _locking("c"), about),
        (_PEOPLE.format(people=places) + _locking("u"), about),
        (_LATELY.format(people=places, since=_SINCE[vendor()]), about),
    ]


def page_of(answers: Sequence[list[tuple[Any, ...]]]) -> Page | None:
    """Return what the answers to `page_questions` say."""
    chats, rows, lately = answers
    if not chats:
        return None
    chat = OpenChat(*chats[0])
    standing = [StandingRow(*row)._replace(until=_moment(row[7])) for *row, _ in rows]
    said = [Said(author_id, room, _moment(sent)) for author_id, room, sent in lately]
    last_id = rows[0][-1] if rows else None
    return Page(chat, standings_of(chat.owner_id, standing), last_id or 0, said)


def insert(messages: Sequence[NewMessage]) -> list[int]:
    """Save messages in their order; return their ids. Nothing may be written after it."""
    text, values = insertion(messages)
    with connection.cursor() as cursor:
        cursor.execute(text + _ending(), values)
        return [pk for (pk,) in cursor.fetchall()]


def insertion(messages: Sequence[NewMessage]) -> Question:
    """Return what saves messages in their order, and answers with their ids."""
    values: dict[str, Any] = {}
    rows = []
    for number, each in enumerate(messages):
        values[f"r{number}"] = each.room_id
        values[f"a{number}"] = each.author.user_id
        values[f"t{number}"] = each.author.role
        values[f"w{number}"] = each.text
        values[f"s{number}"] = _stored(each.sent)
        values[f"q{number}"] = each.reply_to.pk if each.reply_to else None
        values[f"z{number}"] = MessageState.SHOWN
        rows.append(_ROW.format(number))
    return _INSERT.format(", ".join(rows)), values


def _ask(*questions: Question) -> list[list[tuple[Any, ...]]]:
    """Return the answers to several questions; a server is asked all of them in one journey."""
    with connection.cursor() as cursor:
        if vendor() != "postgresql":
            return [cursor.execute(*each).fetchall() for each in questions]
        beginning = _beginning()
        about = {name: value for _text, values in questions for name, value in values.items()}
        cursor.execute(beginning + ";".join(text for text, _values in questions), about)
        if beginning:
            cursor.nextset()  # BEGIN has no answer.
        answers = [cursor.fetchall()]
        while cursor.nextset():
            answers.append(cursor.fetchall())
        return answers


def _beginning() -> str:
    """Return what must be said before the first question of a transaction: BEGIN, so that it travels along.

    psycopg would say it by itself, and wait for the answer.
    """
    raw = connection.connection
    if raw.info.transaction_status != TransactionStatus.IDLE or not connection.in_atomic_block:
        return ""
    # To psycopg only; Django ends the transaction as always.
    raw.autocommit = True
    return "BEGIN;"


def _ending() -> str:
    """Return what ends the transaction together with its last step, if `write` began it.

    Django, which ends it too, finds nothing left to do; what waits for the commit comes then.
    """
    is_outermost = len(connection.atomic_blocks) == 1
    return ";COMMIT" if vendor() == "postgresql" and is_outermost else ""


def _locking(table: str) -> str:
    # SQLite's transactions are IMMEDIATE: there is one writer at a time.
    return f" FOR NO KEY UPDATE OF {table}" if vendor() == "postgresql" else ""


def _stored(moment: datetime) -> Any:
    """Return a time as the database keeps it."""
    if vendor() == "postgresql":
        return moment
    return connection.ops.adapt_datetimefield_value(moment)


def _moment(value: Any) -> Any:
    """Return a time as the ORM would; SQLite keeps them without a zone, in UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
