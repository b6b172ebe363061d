"""Periodic jobs: whose turn it is, who does it, and what became of it. Once across machines."""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.timezone import now

from streair.core import jobs
from streair.jobs import metrics
from streair.jobs.models import PeriodicJob
from streair.logs import without_secrets

logger = logging.getLogger(__name__)

_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Turn:
    """A job that is ours to do now; `holder` tells our turn from all others."""

    job: jobs.Job
    holder: str
    began: datetime


def settle(*, at: datetime) -> None:
    """Make sure that each job has its row. New ones are due at once; the others stay as they are."""
    known = set(PeriodicJob.objects.known().values_list("name", flat=True))
    missing = [name for name in jobs.registered() if name not in known]
    # Two workers that start together both find it missing.
    PeriodicJob.objects.bulk_create(
        [PeriodicJob(name=name, next_run=at) for name in missing], ignore_conflicts=True
    )


def due(*, at: datetime) -> list[str]:
    """Return the names of the jobs whose turn it is."""
    return list(PeriodicJob.objects.known().due(at).values_list("name", flat=True))


def take(name: str, *, at: datetime) -> Turn | None:
    """Take a turn at a job, unless it is not due or somebody was faster.

    One update decides, whose condition PostgreSQL looks at again when it had to wait for the row. Whoever
    dies holds the job until its lease is over; it stays due, and the next one does it.
    """
    job = jobs.registered()[name]
    holder = uuid.uuid4().hex
    taken = PeriodicJob.objects.due(at).filter(pk=name)
    if not taken.update(holder=holder, held_until=at + job.lease, started=at):
        return None
    return Turn(job, holder, at)


def carry_out(turn: Turn) -> None:
    """Do the job and write down what became of it. Never fails because of the job."""
    started = time.monotonic()
    done: int | None = None
    error = ""
    try:
        done = turn.job.run()
    except Exception as exc:
        logger.exception("%s failed; it is tried again.", turn.job.name)
        error = without_secrets(f"{type(exc).__name__}: {exc}")[:_LONGEST_ERROR]
    metrics.runs.add(turn.job.name, "failed" if error else "done")
    _note(turn, done=done, error=error, seconds=time.monotonic() - started)


def run_now(name: str) -> bool:
    """Make a job due; the worker does it within a second. False when it is due or under way already."""
    at = now()
    return bool(PeriodicJob.objects.filter(pk=name, next_run__gt=at).update(next_run=at))


def _note(turn: Turn, *, done: int | None, error: str, seconds: float) -> None:
    # Not ours any more when the lease was over and somebody else began.
    PeriodicJob.objects.filter(pk=turn.job.name, holder=turn.holder).update(
        holder="",
        held_until=None,
        # From its beginning, so that a job of every three seconds is one of every three seconds.
        next_run=max(turn.began + turn.job.every, now()),
        seconds=seconds,
        done=done,
        error=error,
        failures=F("failures") + 1 if error else 0,
    )
