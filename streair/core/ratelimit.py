"""Limits: how often somebody may do something. Counted first and done then, so that nobody gets past by being many.

django-ratelimit has no way to take a count back, which a right guess needs; the rest of it is these few lines.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext as _

from streair.core.counting_cache import CountingCache
from streair.core.errors import TooFast

# A count outlives its window by a little: the clocks of several servers may differ.
_KEPT_LONGER_SECONDS = 5


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
    now = time.time()
    end = _end_of_window(limit, subject, now)
    left = max(math.ceil(end - now), 1)
    name = f"{limit.name} {limit.count} {limit.seconds} {end} {subject}"
    # Hashed: a subject may be long, and what people typed.
    key = f"limit:{hashlib.sha256(name.encode()).hexdigest()}"
    used = _cache().count(key, seconds=left + _KEPT_LONGER_SECONDS)
    return Usage(limit, used, left, key)


def _give_back(usage: Usage) -> None:
    if usage.key:
        _cache().uncount(usage.key)


def _end_of_window(limit: Limit, subject: str, now: float) -> int:
    shift = zlib.crc32(subject.encode()) % limit.seconds
    return (math.floor(now - shift) // limit.seconds + 1) * limit.seconds + shift


def _cache() -> CountingCache:
    return cast("CountingCache", caches["limits"])
