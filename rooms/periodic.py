"""What is done from time to time for rooms."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rooms.models import Category
from streair.core import jobs, orphans


def sweep_covers() -> int:
    """Delete covers that no category has any more."""
    named = set(Category.objects.exclude(cover="").values_list("cover", flat=True))
    return orphans.sweep("categories", named.__contains__)


def install() -> None:
    """Have it done."""
    jobs.register(
        jobs.Job(
            "orphaned-covers",
            _("Delete covers that no category has"),
            every=timedelta(days=1),
            run=sweep_covers,
        )
    )
