"""Forgetting what was said, and what moderators did, after a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from chat.models import Deed, Message
from streair.core.batches import delete_in_batches


def forget_messages(*, at: datetime) -> int:
    """Delete messages that are older than KEEP_MESSAGES_DAYS, and those that were taken away
    KEEP_DELETED_MESSAGES_DAYS ago; return how many. A setting of 0 keeps them for ever.
    """
    old = Q(pk__in=[])
    if settings.KEEP_MESSAGES_DAYS > 0:
        old |= Q(sent__lt=at - timedelta(days=settings.KEEP_MESSAGES_DAYS))
    if settings.KEEP_DELETED_MESSAGES_DAYS > 0:
        old |= Q(removed__lt=at - timedelta(days=settings.KEEP_DELETED_MESSAGES_DAYS))
    return delete_in_batches(Message.objects.filter(old))


def forget_deeds(*, at: datetime) -> int:
    """Delete lines of the moderation log that are older than KEEP_AUDIT_DAYS; return how many."""
    if settings.KEEP_AUDIT_DAYS <= 0:
        return 0
    long_ago = at - timedelta(days=settings.KEEP_AUDIT_DAYS)
    return delete_in_batches(Deed.objects.filter(at__lt=long_ago))
