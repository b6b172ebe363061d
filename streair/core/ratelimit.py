"""Limits: how often somebody may do something. Counted first and done then, so that nobody gets past by being many.

django-ratelimit counts, in `streair.core.counting_cache`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from streair.core.counting_cache import CountingCache
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
    # What it is counted under; "" when nothing is counted.
    key: str = ""

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


@contextlib.contextmanager
def guess(limit: Limit, subject: str, *, wrong: type[Exception]) -> Iterator[None]:
    """Let `subject` guess a secret in the block: only wrong guesses count, which end it with `wrong`.

    The place is taken before the secret is looked at, and given back when the guess was right or could not be
    decided. So however many guess at once, no more than the limit are looked at. Raises TooFast for all others.
    """
    usage = spend(limit, subject)
    try:
        yield
    except wrong:
        raise
    except BaseException:
        _give_back(usage)
        raise
    else:
        _give_back(usage)


def count(limit: Limit, subject: str) -> Usage:
    """Count one use by `subject`, and say how many that were."""
    if not settings.RATE_LIMIT_ENABLED:
        return Usage(limit, 0, limit.seconds)
    found = get_usage(
        None,
        group=limit.name,
        key=lambda _group, _request: subject,
        rate=(limit.count, limit.seconds),
        increment=True,
    )
    return Usage(limit, found["count"], max(found["time_left"], 0) + 1, _cache().last_key)


def _give_back(usage: Usage) -> None:
    if usage.key:
        _cache().uncount(usage.key)


def _cache() -> CountingCache:
    return cast("CountingCache", caches["limits"])
