"""What is done from time to time for accounts."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.services import retention
from streair.core import jobs

logger = logging.getLogger(__name__)


def erase_due() -> int:
    """Erase accounts whose grace is over."""
    erased = services.erase_due(at=now())
    if erased:
        logger.info("%d account(s) erased: their owners did not come back.", erased)
    return erased


def forget_sign_ins() -> int:
    """Delete sign-ins, tokens and sessions that are over."""
    return retention.forget_sign_ins(at=now())


def forget_audit() -> int:
    """Delete the oldest entries of the audit log."""
    return retention.forget_audit(at=now())


def install() -> None:
    """Have them done."""
    ten_minutes, day = timedelta(minutes=10), timedelta(days=1)
    for name, label, every, run in (
        ("leaving", _("Erase accounts whose owners left"), ten_minutes, erase_due),
        ("sign-ins", _("Forget sign-ins that are over"), timedelta(hours=1), forget_sign_ins),
        ("old-audit", _("Forget the oldest audit entries"), day, forget_audit),
        ("orphaned-pictures", _("Delete pictures nobody has"), day, retention.sweep_pictures),
    ):
        jobs.register(jobs.Job(name, label, every=every, run=run))
