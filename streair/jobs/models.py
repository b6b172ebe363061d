"""When each job was done and by whom; the queue's rows as keepers see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from streair.core import jobs


class PeriodicJobQuerySet(models.QuerySet["PeriodicJob"]):
    """Adjectives for jobs."""

    def known(self) -> Self:
        """Those that this version of the site does."""
        return self.filter(name__in=jobs.registered())

    def due(self, at: datetime) -> Self:
        """Those whose time has come and that nobody does."""
        return self.filter(Q(held_until=None) | Q(held_until__lte=at), next_run__lte=at)


class PeriodicJob(models.Model):
    """When one job was done last, and is done next. What it does is in `streair.core.jobs`."""

    name = models.SlugField(_("name"), max_length=40, primary_key=True)
    next_run = models.DateTimeField(_("next run"))
    # Of the last run: when it began, how long it took, what became of it.
    started = models.DateTimeField(_("last run"), null=True)
    seconds = models.FloatField(_("seconds"), null=True)
    done = models.PositiveIntegerField(_("dealt with"), null=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    # How many runs in a row went wrong.
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    # Who does it right now, and until when nobody else may. A dead one's hold runs out.
    holder = models.CharField(max_length=40, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PeriodicJobQuerySet] = PeriodicJobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> jobs.Text:
        """What it does, in a few words."""
        job = jobs.registered().get(self.name)
        return job.label if job else self.name


# What the queue's table holds, whatever a task takes and returns.
Row = DBTaskResult[..., Any]


class QueuedTask(Row):
    """A task of the queue, under names that keepers understand."""

    Status = TaskResultStatus

    class Meta:
        proxy = True
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self) -> str:
        return self.task_name

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        return len(self.worker_ids)
