"""How much one person may say. Pure: no database, no clock of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

MESSAGES = 5
SECONDS = 10


def seconds_to_wait(sent: Sequence[datetime], at: datetime) -> int:
    """Return how long somebody must wait who said something at these times; 0 is not at all.

    `sent` is in order. At most five messages in any ten seconds, not in fixed windows: those
    would let ten through where two of them meet.
    """
    if len(sent) < MESSAGES:
        return 0
    return _until(sent[-MESSAGES] + timedelta(seconds=SECONDS), at)


def slow_seconds_to_wait(sent: Sequence[datetime], at: datetime, slow_seconds: int) -> int:
    """Return how long somebody must wait in slow mode; 0 is not at all."""
    if not sent or not slow_seconds:
        return 0
    return _until(sent[-1] + timedelta(seconds=slow_seconds), at)


def seconds_short(since: datetime, minutes: int, at: datetime) -> int:
    """Return how long it takes until `since` is so many minutes ago; 0 when it is."""
    return _until(since + timedelta(minutes=minutes), at)


def _until(moment: datetime, at: datetime) -> int:
    return max(0, math.ceil((moment - at).total_seconds()))
