"""Forgetting what is over: sign-ins, sessions, tokens, the log, pictures that nobody has."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, PersonalToken, SignIn, User
from accounts.services.pictures import Kind
from streair.core import orphans
from streair.core.batches import delete_in_batches

# Their owners see for a while what was there.
_FORGET_AFTER = timedelta(days=30)


def forget_sign_ins(*, at: datetime) -> int:
    """Delete sign-ins and personal tokens that have been over for a month, and sessions that are; return how many."""
    long_ago = at - _FORGET_AFTER
    over = SignIn.objects.filter(Q(expires__lt=long_ago) | Q(revoked__lt=long_ago))
    tokens = PersonalToken.objects.filter(expires__lt=long_ago)
    sessions = Session.objects.filter(expire_date__lt=at)
    return sum(map(delete_in_batches, (over, tokens, sessions)))


def forget_audit(*, at: datetime) -> int:
    """Delete what the audit log has from before KEEP_AUDIT_DAYS (0: nothing); return how many entries."""
    if settings.KEEP_AUDIT_DAYS <= 0:
        return 0
    long_ago = at - timedelta(days=settings.KEEP_AUDIT_DAYS)
    # Its own query set is only added to; this is the one exception.
    return delete_in_batches(QuerySet(AuditEntry).filter(at__lt=long_ago))


def sweep_pictures() -> int:
    """Delete files of avatars and banners that nobody has; return how many."""
    return sum(map(_sweep, Kind))


def _sweep(kind: Kind) -> int:
    named = set(User.objects.exclude(**{kind: ""}).values_list(kind, flat=True))
    # A file is called like its picture, with a size behind it.
    return orphans.sweep(f"{kind}s", lambda path: path.rpartition("-")[0] in named)
