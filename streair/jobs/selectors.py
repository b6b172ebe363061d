"""What waits, what runs, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils.timezone import now
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from streair.core import jobs
from streair.jobs.models import PeriodicJob

# One may be a database that was away for a moment.
MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Queue:
    """How much is where.

    `oldest` is when what has waited longest was put in, `retried` the same of what was tried in vain; `overdue` since
    when something could be done.
    """

    waiting: int
    running: int
    failed: int
    oldest: datetime | None
    retried: datetime | None
    overdue: datetime | None


def queue() -> Queue:
    """Return how the queue does, in three queries."""
    waits = Q(status=TaskResultStatus.READY)
    found = DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).aggregate(
        waiting=Count("pk", filter=waits),
        running=Count("pk", filter=Q(status=TaskResultStatus.RUNNING)),
        failed=Count("pk", filter=Q(status=TaskResultStatus.FAILED)),
        oldest=Min("enqueued_at", filter=waits),
        retried=Min("enqueued_at", filter=waits & ~Q(worker_ids=[])),
    )
    return Queue(**found, overdue=_overdue_since())


def job_rows() -> list[PeriodicJob]:
    """Return the jobs of this site in the order in which they were registered; those never settled are missing."""
    order = list(jobs.registered())
    return sorted(PeriodicJob.objects.known(), key=lambda row: order.index(row.name))


def bad_jobs(rows: list[PeriodicJob], *, at: datetime, patience: timedelta) -> list[PeriodicJob]:
    """Return those that nobody does though they are due, or that fail again and again."""
    leases = {name: job.lease for name, job in jobs.registered().items()}
    return [
        row
        for row in rows
        if row.failures >= MOST_FAILURES or row.next_run < at - leases[row.name] - patience
    ]


def _overdue_since() -> datetime | None:
    # Retried tasks count from their next try, fresh ones from when they were put in.
    ready = DBTaskResult.objects.ready().order_by()
    fresh = ready.filter(run_after__gt=now()).aggregate(since=Min("enqueued_at"))["since"]
    again = ready.filter(run_after__lte=now()).aggregate(since=Min("run_after"))["since"]
    return min((since for since in (fresh, again) if since is not None), default=None)
