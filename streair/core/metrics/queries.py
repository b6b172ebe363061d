"""How long the database takes, by the kind of statement."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from streair.core.metrics.tallies import Counter, Histogram, keep

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)
_KINDS = {word: word.lower() for word in ("SELECT", "INSERT", "UPDATE", "DELETE")}

seconds = keep(
    Histogram(
        "streair_query_seconds", "How long queries took, by kind.", ["kind"], buckets=_BUCKETS
    )
)
failures = keep(Counter("streair_query_failures", "Queries that failed, by kind.", ["kind"]))


def install() -> None:
    """Measure what goes over every connection that is opened from now on."""
    connection_created.connect(_measure, dispatch_uid="streair.core.metrics.queries")


def _measure(connection: BaseDatabaseWrapper, **_: Any) -> None:
    # Django opens and closes the same object again and again.
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    kind = _KINDS.get(sql[:6].upper(), "other")
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Exception:
        failures.add(kind)
        raise
    finally:
        seconds.observe(time.perf_counter() - begun, kind)
