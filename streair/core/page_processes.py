"""Whether pages are made, where processes of their own make them: who is asked about health is not one of those."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streair.core import health
from streair.core.metrics.publisher import SECONDS, snapshots

# What deploy/gunicorn_web.py has each of them write down.
ROLE = "pages"
NAME = "pages"  # As a part of the site.
UNIT = "web"  # As a unit of systemd.
# They say something every two seconds; a fault is to show within five.
SILENT_SECONDS = 2 * SECONDS


def look() -> health.Facts:
    """Return how many processes of this machine make pages. Raises Ailing when none was heard of lately."""
    heard = [age for age in snapshots().silences(ROLE) if age < SILENT_SECONDS]
    if not heard:
        raise health.Ailing(
            _("No process for pages is heard of: nobody gets a page. Does streair-web run?")
        )
    return {_("processes"): len(heard)}


def install() -> None:
    """Have them looked after."""
    if settings.PAGES_APART:
        health.register(NAME, _("Pages"), look, is_vital=True)
