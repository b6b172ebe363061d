"""How queue and jobs do, for the people who run the site."""

from __future__ import annotations

from datetime import timedelta

from django.utils import formats
from django.utils.timezone import localtime, now
from django.utils.translation import gettext_lazy as _

from streair.core import health
from streair.jobs import selectors

# A mail goes out within a second; after that long nobody works, or the mail server takes none.
_QUEUE_PATIENCE = timedelta(minutes=2)
# Beside the time that the job itself may take.
_JOB_PATIENCE = timedelta(minutes=1)


def queue() -> health.Facts:
    """Return how much waits. Raises Ailing when something waits that should have been done long ago."""
    found = selectors.queue()
    if found.overdue is not None and found.overdue < now() - _QUEUE_PATIENCE:
        raise health.Ailing(_("Tasks are not done: mails do not go out. Is the worker running?"))
    oldest = formats.localize(localtime(found.oldest)) if found.oldest else "–"
    return {
        _("waiting"): found.waiting,
        _("oldest since"): oldest,
        _("running"): found.running,
        _("failed"): found.failed,
    }


def jobs() -> health.Facts:
    """Return how many jobs there are. Raises Ailing when one is late, or fails again and again."""
    rows = selectors.job_rows()
    bad = selectors.bad_jobs(rows, at=now(), patience=_JOB_PATIENCE)
    if bad:
        names = ", ".join(str(row.label) for row in bad)
        raise health.Ailing(_("These are late or fail: %(jobs)s") % {"jobs": names})
    return {_("jobs"): len(rows)}


def install() -> None:
    """Have both looked after."""
    health.register("queue", _("Queue"), queue)
    health.register("jobs", _("Periodic jobs"), jobs)
