"""The queue, as those see it who put something in: django-tasks, bounded, and with a way to say "later".

A task is a row of the transaction that puts it in: it is there once that commits, and is gone with it otherwise.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils.timezone import now
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# More than that wait only when somebody floods us, or nothing was sent for days.
MOST_WAITING = 10_000


class TryLater(Exception):
    """What a task raises when something that it needs is away: it is tried again after a while."""


class GivenUp(Exception):
    """What a task raises when trying again would not help: it is shown as failed. The text is for keepers."""


def put(task: Task[..., Any], *, later: timedelta | None = None, **arguments: Any) -> None:
    """Have `task` done soon, or not before `later`, with these arguments (JSON; no secrets, they stand in the row)."""
    if DBTaskResult.objects.ready().order_by()[MOST_WAITING : MOST_WAITING + 1].exists():
        logger.error("Too many tasks wait: %s is not done.", task.name)
        return
    (task.using(run_after=now() + later) if later else task).enqueue(**arguments)
