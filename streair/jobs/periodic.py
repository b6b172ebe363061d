"""The jobs of the queue itself."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core import jobs
from streair.jobs.services import queue


def recover_tasks() -> int:
    """Put back tasks whose worker died."""
    return queue.recover(at=now())


def forget_tasks() -> int:
    """Delete tasks that are over."""
    kept = timedelta(days=max(settings.KEEP_FAILED_TASKS_DAYS, 0))
    return queue.prune(at=now(), failed_kept=kept)


def install() -> None:
    """Have them done."""
    jobs.register(
        jobs.Job(
            "lost-tasks",
            _("Put back tasks whose worker died"),
            every=timedelta(seconds=5),
            run=recover_tasks,
            lease=timedelta(seconds=15),
        )
    )
    jobs.register(
        jobs.Job(
            "old-tasks", _("Forget tasks that are over"), every=timedelta(hours=1), run=forget_tasks
        )
    )
