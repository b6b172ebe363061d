"""What is done again and again for streams: comparing with the sidecar, running out graces and idle rooms."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core import jobs
from streams import services
from streams.pictures import Photographer
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat, ask_stat

logger = logging.getLogger(__name__)

# A sidecar that crashed is back within a second; one that is silent for longer has nobody.
SILENCE_SECONDS = 8.0
_OFTEN = timedelta(seconds=3)
# Whoever died in it is not waited for.
_SHORT = timedelta(seconds=6)


class Comparison:
    """Knows how long the sidecar has been silent. `ask` and `clock` are there to be replaced in tests."""

    def __init__(
        self, *, ask: Callable[[], Stat] = ask_stat, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._silent_since: float | None = None
        self._has_answered = False
        self._is_told = False

    def run(self) -> int:
        """Compare once; return how many publish."""
        asked = now()
        try:
            stat = self._ask()
        except SidecarDown as exc:
            self._bear_silence(exc)
            return 0
        if self._is_told:
            logger.info("The sidecar answers again.")
        self._silent_since, self._is_told, self._has_answered = None, False, True
        services.reconcile(stat, asked=asked)
        return len(stat.publishers)

    def _bear_silence(self, reason: SidecarDown) -> None:
        if self._silent_since is None:
            self._silent_since = self._clock()
        is_long = self._clock() - self._silent_since >= SILENCE_SECONDS
        # When everything starts at the same time, one that never answered is about to start.
        if not self._is_told and (self._has_answered or is_long):
            logger.warning("%s", reason)
            self._is_told = True
        lost = services.lose_everybody(at=now()) if is_long else 0
        if lost:
            logger.warning("The sidecar stays silent: %d stream(s) interrupted.", lost)


def expire_grace() -> int:
    """Let rooms fall back to waiting whose encoder stayed away too long."""
    expired = services.expire_grace(at=now())
    if expired:
        logger.info("%d room(s) wait again: the encoder did not come back.", expired)
    return expired


def end_idle() -> int:
    """End rooms in which nothing was streamed for too long."""
    ended = services.end_idle(at=now())
    if ended:
        logger.info("%d room(s) ended: nothing was streamed for too long.", ended)
    return ended


def take_pictures() -> int:
    """Take a picture of each stream whose last one is old."""
    photographer = Photographer()
    try:
        return photographer.work()
    finally:
        photographer.stop()


def take_measures() -> int:
    """Write down what arrives from encoders."""
    return services.take_measures(at=now())


def install() -> None:
    """Have them done."""
    comparison = Comparison()
    label = _("Compare streams with the RTMP server")
    jobs.register(jobs.Job("reconcile", label, every=_OFTEN, run=comparison.run, lease=_SHORT))
    label = _("Take rooms off air whose encoder stays away")
    jobs.register(jobs.Job("graces", label, every=_OFTEN, run=expire_grace, lease=_SHORT))
    label = _("Measure what arrives from encoders")
    jobs.register(
        jobs.Job("measures", label, every=timedelta(seconds=5), run=take_measures, lease=_SHORT)
    )
    label = _("End rooms that nobody uses")
    jobs.register(jobs.Job("idle-rooms", label, every=timedelta(minutes=1), run=end_idle))
    label = _("Take pictures of what is on air")
    minute = timedelta(minutes=1)  # It works for half of that, and then waits for what it began.
    jobs.register(jobs.Job("pictures", label, every=_OFTEN, run=take_pictures, lease=minute))
