"""What is done from time to time for rooms."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from rooms import services
from rooms.models import Category
from streair.core import jobs, orphans


def sweep_covers() -> int:
    """Delete covers that no category has any more."""
    named = set(Category.objects.exclude(cover="").values_list("cover", flat=True))
    return orphans.sweep("categories", named.__contains__)


def forget_old_pictures() -> int:
    """Forget the pictures of streams that ended long ago."""
    return services.forget_old_pictures(at=now())


def forget_minutes() -> int:
    """Forget how many watched minute by minute, long ago."""
    return services.forget_minutes(at=now())


def install() -> None:
    """Have them done."""
    for name, label, every, run in (
        (
            "orphaned-covers",
            _("Delete covers that no category has"),
            timedelta(days=1),
            sweep_covers,
        ),
        (
            "old-pictures",
            _("Forget pictures of old streams"),
            timedelta(minutes=10),
            forget_old_pictures,
        ),
        (
            "old-minutes",
            _("Forget the viewers per minute of old streams"),
            timedelta(hours=6),
            forget_minutes,
        ),
    ):
        jobs.register(jobs.Job(name, label, every=every, run=run))
