"""Background work in the administration: to look at, to try again, to do now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from streair.core.administration import Deed, Question, Quick, ReadOnly, asks
from streair.core.tasks import TryLater
from streair.jobs import keeping
from streair.jobs.models import PeriodicJob, QueuedTask

_TRY_AGAIN = Question(_("Try again"), _("They are done at once, and tried anew if that fails."))
_RUN_NOW = Question(_("Run now"), _("The worker does them within a few seconds."))


@asks(_TRY_AGAIN)
def try_again(task: QueuedTask, deed: Deed) -> None:
    """Do a task after all."""
    keeping.try_again(task, by=deed.by, address=deed.address)


@asks(_RUN_NOW)
def run_now(job: PeriodicJob, deed: Deed) -> None:
    """Do a job before its time."""
    keeping.run_now(job, by=deed.by, address=deed.address)


# Its rows are shown below, in both languages and with what can be done about them.
admin.site.unregister(DBTaskResult)


_OUR_ERRORS = f"{TryLater.__module__}."


def _when(at: datetime | None) -> str:
    """Write a time as the reader does; the pages of single rows would not."""
    return str(formats.localize(localtime(at))) if at else "–"


def _having(status: TaskResultStatus) -> Any:
    return lambda rows: rows.filter(status=status)


class InState(Quick):
    """Where a task is."""

    title = _("state")
    parameter_name = "state"
    choices_by_name: ClassVar = {
        "waiting": (_("Waiting"), _having(TaskResultStatus.READY)),
        "running": (_("Running"), _having(TaskResultStatus.RUNNING)),
        "failed": (_("Failed"), _having(TaskResultStatus.FAILED)),
        "done": (_("Done"), _having(TaskResultStatus.SUCCESSFUL)),
    }


@admin.register(QueuedTask)
class QueuedTaskAdmin(ReadOnly):
    """What waits, runs, failed, and was done within the last day."""

    fields = ["what", "state", "put_in", "begun", "over", "next_try", "tries", "error", "details"]
    list_display = ["what", "state", "put_in", "next_try", "tries", "error"]
    list_display_links = ["what"]
    list_filter = [InState]
    ordering = ["-enqueued_at"]
    sortable_by = ["put_in"]
    actions = [try_again]

    @admin.display(description=_("task"))
    def what(self, task: QueuedTask) -> str:
        """Name it, with what kind of it this is."""
        kind = task.args_kwargs["kwargs"].get("kind", "")
        return f"{task.task_name} ({kind})" if kind else task.task_name

    @admin.display(description=_("state"))
    def state(self, task: QueuedTask) -> str:
        """Say where it is."""
        words = {TaskResultStatus.READY: _("Waiting"), TaskResultStatus.RUNNING: _("Running")}
        words |= {TaskResultStatus.FAILED: _("Failed"), TaskResultStatus.SUCCESSFUL: _("Done")}
        return str(words[TaskResultStatus(task.status)])

    @admin.display(description=_("put in"), ordering="enqueued_at")
    def put_in(self, task: QueuedTask) -> str:
        """Say since when it is there."""
        return _when(task.enqueued_at)

    @admin.display(description=_("begun"))
    def begun(self, task: QueuedTask) -> str:
        """Say when it was last begun, or last known to go on."""
        return _when(task.started_at)

    @admin.display(description=_("over"))
    def over(self, task: QueuedTask) -> str:
        """Say when it was done, or given up."""
        return _when(task.finished_at)

    @admin.display(description=_("next try"))
    def next_try(self, task: QueuedTask) -> str:
        """Say when it is tried again."""
        waits = task.status == TaskResultStatus.READY and task.run_after != get_date_max()
        return _when(task.run_after if waits else None)

    @admin.display(description=_("tries"))
    def tries(self, task: QueuedTask) -> int:
        """Say how often it was begun."""
        return task.attempts

    @admin.display(description=_("error"))
    def error(self, task: QueuedTask) -> str:
        """Say what it last failed with, in one line."""
        line = task.traceback.strip().rpartition("\n")[2][:200]
        # Of what our own tasks say, only what they say.
        return line.partition(": ")[2] if line.startswith(_OUR_ERRORS) else line

    @admin.display(description=_("details"))
    def details(self, task: QueuedTask) -> SafeString:
        """Show what it was put in with, and the whole error."""
        return format_html("<pre>{}\n\n{}</pre>", task.args_kwargs["kwargs"], task.traceback)


@admin.register(PeriodicJob)
class PeriodicJobAdmin(ReadOnly):
    """What the site does by itself, when it did it last, and what came of it."""

    fields = ["label", "started", "took", "done", "error", "failures", "next_run"]
    list_display = ["label", "started", "took", "done", "error", "failures", "next_run"]
    actions = [run_now]

    @admin.display(description=_("job"))
    def label(self, job: PeriodicJob) -> str:
        """Say what it does."""
        return str(job.label)

    @admin.display(description=_("seconds"))
    def took(self, job: PeriodicJob) -> str:
        """Say how long it took."""
        return "–" if job.seconds is None else formats.number_format(job.seconds, 2)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodicJob]:
        """Leave out what an earlier version did."""
        return super().get_queryset(request).known()  # type: ignore[no-any-return, attr-defined]
