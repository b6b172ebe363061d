"""What the site's keepers do to queue and jobs: each deed is in the audit log."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from streair.core.errors import Conflict
from streair.jobs.models import PeriodicJob, QueuedTask
from streair.jobs.services import queue, schedule


@transaction.atomic
def try_again(task: QueuedTask, *, by: User, address: str = "") -> None:
    """Have a task done at once that failed or waits for its next try. Raises Conflict when it does neither."""
    if not queue.try_again(task):
        raise Conflict(_("This task has not failed."))
    audit.record("task.tried-again", target=task, actor=by, address=address)


@transaction.atomic
def run_now(job: PeriodicJob, *, by: User, address: str = "") -> None:
    """Have a job done at once. Does nothing when it is due or under way."""
    if schedule.run_now(job.name):
        audit.record("job.run", target=job, actor=by, address=address)
