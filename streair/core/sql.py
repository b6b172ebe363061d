"""For the few questions that every process asks again and again: in SQL, the same for both databases.

The ORM takes longer to put such a question together than the database to answer it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import connection, models

_NAME = re.compile(r"\{(\w+)\}")


def rows(text: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return what the database answers to `text`, in which `{name}` stands for a value.

    A list is as many values in brackets, and must not be empty; a model is its table.
    """
    flat: list[Any] = []

    def place(match: re.Match[str]) -> str:
        value = values[match[1]]
        if isinstance(value, list):
            flat.extend(value)
            return f"({', '.join(['%s'] * len(value))})"
        if isinstance(value, type) and issubclass(value, models.Model):
            return connection.ops.quote_name(value._meta.db_table)  # noqa: SLF001 - public in all but name.
        is_moment = isinstance(value, datetime)
        flat.append(connection.ops.adapt_datetimefield_value(value) if is_moment else value)
        return "%s"

    with connection.cursor() as cursor:
        cursor.execute(_NAME.sub(place, text), flat)
        return list(cursor.fetchall())
