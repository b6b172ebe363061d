"""Limits: how often somebody may do something. django-ratelimit counts, in `streair.core.counting_cache`."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from streair.core.errors import TooFast


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in any window of `seconds`, per `name` and subject.

    Windows of different subjects begin at different moments, so that not everybody comes
    back at once.
    """

    name: str
    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit somebody has used."""

    limit: Limit
    used: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        """Whether more was used than there is."""
        return self.used > self.limit.count

    @property
    def remaining(self) -> int:
        """How often they may go on in this window."""
        return max(self.limit.count - self.used, 0)


def spend(limit: Limit, subject: str) -> Usage:
    """Count one use by `subject`, or raise TooFast with the seconds left in the window."""
    usage = count(limit, subject)
    if usage.is_over:
        raise TooFast(_("Too many attempts. Please wait a moment."), retry_after=usage.seconds_left)
    return usage


def count(limit: Limit, subject: str) -> Usage:
    """Count one use by `subject`, and say how many that were."""
    return _usage(limit, subject, increment=True)


def is_spent(limit: Limit, subject: str) -> bool:
    """Whether `subject` has used up its window; counts nothing."""
    return not _usage(limit, subject, increment=False).remaining


def _usage(limit: Limit, subject: str, *, increment: bool) -> Usage:
    if not settings.RATE_LIMIT_ENABLED:
        return Usage(limit, 0, limit.seconds)
    found = get_usage(
        None,
        group=limit.name,
        key=lambda _group, _request: subject,
        rate=(limit.count, limit.seconds),
        increment=increment,
    )
    return Usage(limit, found["count"], max(found["time_left"], 0) + 1)
