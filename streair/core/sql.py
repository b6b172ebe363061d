"""For the few questions that every process asks again and again: in SQL, the same for both databases.

The ORM takes longer to put such a question together than the database to answer it.

The questions that make a result are the steps of a generator, which does not mind whether a thread or the event
loop asks them (`streair.core.realtime.chores`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from psycopg.types.numeric import Int8

T = TypeVar("T")

Rows = list[tuple[Any, ...]]
_PLACE = re.compile(r"(\bIN )?\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """SQL in which `{name}` stands for a value.

    After IN (not NOT IN) the value is a list, which must not be empty; a model is its table.
    """

    text: str
    values: dict[str, Any]

    def for_cursor(self) -> tuple[str, list[Any]]:
        """Return it as Django's cursors take it."""
        flat: list[Any] = []

        def place(_name: str, value: Any, is_list: bool) -> str:
            if is_list:
                flat.extend(value)
                return f"IN ({', '.join(['%s'] * len(value))})"
            is_moment = isinstance(value, datetime)
            flat.append(connection.ops.adapt_datetimefield_value(value) if is_moment else value)
            return "%s"

        return self._with(place), flat

    def for_wire(self) -> tuple[str, dict[str, Any]]:
        """Return it as `streair.core.postgresql.wire` takes it: a list of any length is the same question."""
        named: dict[str, Any] = {}

        def place(name: str, value: Any, is_list: bool) -> str:
            if is_list:
                value = [Int8(each) if isinstance(each, int) else each for each in value]
            named[name] = value
            return f"= ANY(%({name})s)" if is_list else f"%({name})s"

        return self._with(place), named

    def _with(self, place: Callable[[str, Any, bool], str]) -> str:
        def replace(match: re.Match[str]) -> str:
            before, name = match[1] or "", match[2]
            value = self.values[name]
            if isinstance(value, type) and issubclass(value, models.Model):
                return before + connection.ops.quote_name(value._meta.db_table)  # noqa: SLF001 - public in all but name.
            return place(name, value, bool(before))

        return _PLACE.sub(replace, self.text)


# Each step asks some questions, none of which needs the answer to another, and gets as many answers.
Steps = Generator[Sequence[Question], Sequence[Rows], T]


def ask(text: str, **values: Any) -> Steps[Rows]:
    """One question alone: `rows = yield from sql.ask("SELECT … {name}", name=value)`."""
    (rows,) = yield [Question(text, values)]
    return rows


def answered(steps: Steps[T]) -> T:
    """Ask one after the other of this thread's database; return what comes of it."""
    try:
        questions = next(steps)
        while True:
            questions = steps.send([_rows(question) for question in questions])
    except StopIteration as end:
        result: T = end.value
        return result


def _rows(question: Question) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(*question.for_cursor())
        return list(cursor.fetchall())


@cache
def vendor() -> str:
    """Return which database it is; Django's proxy takes its time to say so, and it never changes."""
    return str(connection.vendor)
