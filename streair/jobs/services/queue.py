"""The queue: claiming a task, doing it, trying it again, giving it up. At least once, whoever dies.

django-tasks-db keeps the rows; its own worker neither tries again nor notices that another died, hence this one.
While a task is done its `started_at` is renewed: one that was not for LEASE has lost its worker.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from datetime import datetime, timedelta

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from streair.core.batches import delete_in_batches
from streair.core.tasks import GivenUp, TryLater
from streair.jobs.models import Row
from streair.logs import without_secrets

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
# After the first try, the second, and so on: three hours and a half, which most outages are not.
WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 6600))
# While versions change, tasks of the new one come to a worker of the old one, which ends within minutes.
UNKNOWN_WAIT = timedelta(seconds=10)
UNKNOWN_KEPT = timedelta(minutes=20)
DONE_KEPT = timedelta(days=1)
_LONGEST_TRACEBACK = 10_000


def claim(*, at: datetime) -> Row | None:
    """Take the task that has waited longest, or return None when there is none to be done now.

    Looking costs no lock, which on SQLite is everybody's; one conditional update decides who has it.
    """
    row = DBTaskResult.objects.ready().first()
    if row is None:
        return None
    row.worker_ids = [*row.worker_ids, uuid.uuid4().hex]
    row.status, row.started_at = TaskResultStatus.RUNNING, at
    waiting = DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.READY, run_after=row.run_after
    )
    # Who was slower looks again, a moment later.
    claimed = waiting.update(status=row.status, started_at=at, worker_ids=row.worker_ids)
    return row if claimed else None


def carry_out(row: Row) -> None:
    """Do a claimed task and write down what became of it. Never fails because of the task."""
    try:
        task = row.task
    except (ImportError, SuspiciousOperation) as exc:
        _leave_to_others(row, exc)
        return
    try:
        arguments = row.args_kwargs
        task.call(*arguments["args"], **arguments["kwargs"])
    except (TryLater, OperationalError, InterfaceError) as exc:
        _later(row, exc)
    except Exception as exc:  # noqa: BLE001 - whatever a task fails with is told to the keepers.
        _give_up(row, exc)
    else:
        _ours(row).update(
            status=TaskResultStatus.SUCCESSFUL,
            finished_at=now(),
            exception_class_path="",
            traceback="",
        )


def renew(rows: list[Row], *, at: datetime) -> None:
    """Say that these are still being done."""
    for row in rows:
        _ours(row).update(started_at=at)


def recover(*, at: datetime) -> int:
    """Put back what somebody had claimed who died; return how much that was."""
    lost = DBTaskResult.objects.running().filter(started_at__lt=at - LEASE)
    return sum(_put_back(row, at) for row in lost)


def try_again(row: Row) -> bool:
    """Have a task that failed, or waits for its next try, done at once; False when it is neither."""
    failed = Q(status=TaskResultStatus.FAILED)
    waits = Q(status=TaskResultStatus.READY, run_after__gt=now(), run_after__lt=get_date_max())
    again = DBTaskResult.objects.filter(failed | waits, pk=row.pk)
    return bool(
        again.update(
            status=TaskResultStatus.READY,
            run_after=now(),
            finished_at=None,
            worker_ids=[],
            return_value=None,
        )
    )


def prune(*, at: datetime, failed_kept: timedelta) -> int:
    """Forget what is over: done tasks after a day, failed ones after `failed_kept` (none: never); return how many."""
    done = DBTaskResult.objects.successful().filter(finished_at__lt=at - DONE_KEPT)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=at - failed_kept)
    return delete_in_batches(done) + (delete_in_batches(failed) if failed_kept else 0)


def _ours(row: Row) -> QuerySet[Row]:
    """The row, while it is our claim: its last id is the claim's, not the process's."""
    return DBTaskResult.objects.filter(
        pk=row.pk, status=TaskResultStatus.RUNNING, worker_ids=row.worker_ids
    )


def _later(row: Row, exc: Exception) -> None:
    tries = len(row.worker_ids)
    if tries > len(WAITS):
        _give_up(row, exc)
        return
    wait = WAITS[tries - 1]
    logger.warning(
        "%s did not work, it is tried again in %d s: %s",
        row.task_name,
        wait.total_seconds(),
        without_secrets(str(exc)),
    )
    _ours(row).update(status=TaskResultStatus.READY, run_after=now() + wait, **_as_columns(exc))


def _leave_to_others(row: Row, exc: Exception) -> None:
    """Put back what this version does not know, for a worker that does: no try of theirs is used up."""
    # Tasks here return nothing: their column counts how often this was so.
    before = (row.return_value or {}).get("unknown", 0)
    if before * UNKNOWN_WAIT >= UNKNOWN_KEPT:
        _give_up(row, exc)
        return
    if not before:
        logger.warning("%s is not known here; it waits for a worker that does.", row.task_path)
    _ours(row).update(
        status=TaskResultStatus.READY,
        run_after=now() + UNKNOWN_WAIT,
        worker_ids=row.worker_ids[:-1],
        return_value={"unknown": before + 1},
        **_as_columns(exc),
    )


def _give_up(row: Row, exc: Exception) -> None:
    columns = _as_columns(exc)
    is_told = isinstance(exc, (TryLater, GivenUp))
    # Not as exc_info: the log's filter hides secrets in messages alone.
    said = without_secrets(str(exc)) if is_told else columns["traceback"]
    logger.error("%s is given up: %s", row.task_path, said)
    _ours(row).update(status=TaskResultStatus.FAILED, finished_at=now(), **columns)


def _as_columns(exc: Exception) -> dict[str, str]:
    told = "".join(traceback.format_exception(exc))
    return {
        "exception_class_path": f"{type(exc).__module__}.{type(exc).__qualname__}",
        "traceback": without_secrets(told)[-_LONGEST_TRACEBACK:],
    }


def _put_back(row: Row, at: datetime) -> bool:
    lost = _ours(row).filter(started_at=row.started_at)
    if len(row.worker_ids) > len(WAITS):
        # Each of its workers died: it may well be what kills them.
        error = GivenUp("Whoever did it died, each time.")
        return bool(
            lost.update(status=TaskResultStatus.FAILED, finished_at=at, **_as_columns(error))
        )
    return bool(lost.update(status=TaskResultStatus.READY, run_after=at))
