"""How queue and periodic jobs do, in numbers: of the whole site."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import now

from streair.core.metrics import site
from streair.core.metrics.tallies import Counter, Gauge, keep
from streair.jobs import selectors

# Not "job": that is whom Prometheus asks, and ours would be called something else there.
runs = keep(
    Counter("streair_job_runs", "Periodic jobs and tasks that were done.", ["name", "result"])
)
_tasks = Gauge("streair_tasks", "Tasks (mails and the like) by state.", ["state"])
_waiting = Gauge(
    "streair_tasks_oldest_seconds", "How long the task waits that is late the longest."
)
_retried = Gauge(
    "streair_tasks_retried_seconds",
    "How long ago the oldest task was put in that was tried in vain, and is tried again.",
)
_failures = Gauge(
    "streair_job_failures", "How often a job has failed since it last did well.", ["name"]
)
_late = Gauge("streair_job_late_seconds", "How long ago a job should have been done.", ["name"])


def look() -> site.Numbers:
    """Return how much waits, and which jobs are late or fail."""
    found, rows, at = selectors.queue(), selectors.job_rows(), now()
    states = {"waiting": found.waiting, "running": found.running, "failed": found.failed}
    return {
        _tasks: {(state,): count for state, count in states.items()},
        _waiting: {(): _seconds(found.overdue, at)},
        _retried: {(): _seconds(found.retried, at)},
        _failures: {(row.name,): row.failures for row in rows},
        _late: {(row.name,): max((at - row.next_run).total_seconds(), 0.0) for row in rows},
    }


def _seconds(since: datetime | None, at: datetime) -> float:
    return max((at - since).total_seconds(), 0.0) if since else 0.0


def install() -> None:
    """Have them looked up at each collection."""
    site.register("jobs", look, _tasks, _waiting, _retried, _failures, _late)
