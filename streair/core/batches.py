"""Taking many rows away without keeping others from writing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

# So few that whoever wants to write meanwhile hardly waits.
SIZE = 200
# What is left is for the next time.
MOST_SECONDS = 120.0
# SQLite gives its one lock to whoever asks at the right moment: let the others ask.
_PAUSE_SECONDS = 0.01


def delete_in_batches(rows: QuerySet[Any], *, size: int = SIZE) -> int:
    """Delete `rows`, some at a time, each time in a transaction of its own; return how many are gone.

    What must go with a row goes in the same transaction. Ends after MOST_SECONDS, finished or not.
    """
    gone = 0
    for keys in _batches(rows, size):
        with transaction.atomic():
            # Asked again: a row may have changed since we looked.
            _all, by_model = rows.filter(pk__in=keys).delete()
        gone += by_model.get(rows.model._meta.label, 0)  # noqa: SLF001 - Django's public API.
    return gone


def _batches(rows: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    until = time.monotonic() + MOST_SECONDS
    last: Any = None
    while time.monotonic() < until:
        # Onwards from the last: a row that will not go is not asked for for ever.
        left = rows if last is None else rows.filter(pk__gt=last)
        keys = list(left.order_by("pk").values_list("pk", flat=True)[:size])
        if not keys:
            return
        yield keys
        last = keys[-1]
        time.sleep(_PAUSE_SECONDS)
