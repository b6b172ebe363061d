"""The background loop: compares, expires, ends. Whatever one round fails at, the next one repeats."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections
from django.utils.timezone import now

from accounts import services as accounts
from rooms import services as rooms
from streams import heartbeat, services
from streams.pictures import Photographer
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat, ask_stat

logger = logging.getLogger(__name__)

EVERY_SECONDS = 3.0
# A sidecar that crashed is back within a second; one that is silent for longer has nobody.
SILENCE_SECONDS = 8.0
# How often accounts are looked at whose grace is over, and sign-ins that are.
ACCOUNTS_SECONDS = 600.0


class Worker:
    """One round after the other. `ask` and `clock` are there to be replaced in tests."""

    def __init__(
        self, *, ask: Callable[[], Stat] = ask_stat, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._silent_since: float | None = None
        self._accounts_at: float | None = None
        self._photographer = Photographer(clock=clock)

    def run(self) -> None:
        """Work until the process ends."""
        try:
            while True:
                started = self._clock()
                close_old_connections()
                self.round()
                heartbeat.beat()
                close_old_connections()
                time.sleep(max(0.0, started + EVERY_SECONDS - self._clock()))
        finally:
            self._photographer.stop()

    def round(self) -> None:
        """Do everything once. Never fails: each step is tried whatever became of the others."""
        steps = (
            *(self._reconcile, self._expire_grace, self._end_idle),
            *(self._take_pictures, self._tidy_accounts),
        )
        for step in steps:
            try:
                step()
            except Exception:
                logger.exception("%s failed; it is tried again.", step.__name__.strip("_"))

    def _reconcile(self) -> None:
        asked = now()
        try:
            stat = self._ask()
        except SidecarDown as exc:
            self._bear_silence(exc)
            return
        if self._silent_since is not None:
            logger.info("The sidecar answers again.")
            self._silent_since = None
        services.reconcile(stat, asked=asked)

    def _bear_silence(self, reason: SidecarDown) -> None:
        if self._silent_since is None:
            logger.warning("%s", reason)
            self._silent_since = self._clock()
        if self._clock() - self._silent_since >= SILENCE_SECONDS:
            lost = services.lose_everybody(at=now())
            if lost:
                logger.warning("The sidecar stays silent: %d stream(s) interrupted.", lost)

    def _expire_grace(self) -> None:
        expired = services.expire_grace(at=now())
        if expired:
            logger.info("%d room(s) wait again: the encoder did not come back.", expired)

    def _end_idle(self) -> None:
        ended = services.end_idle(at=now())
        if ended:
            logger.info("%d room(s) ended: nothing was streamed for too long.", ended)

    def _take_pictures(self) -> None:
        self._photographer.round(at=now())

    def _tidy_accounts(self) -> None:
        if self._accounts_at is not None and self._clock() - self._accounts_at < ACCOUNTS_SECONDS:
            return
        self._accounts_at = self._clock()
        erased = accounts.erase_due(at=now())
        if erased:
            logger.info("%d account(s) erased: their owners did not come back.", erased)
        accounts.forget_old_sign_ins(at=now())
        rooms.forget_old_pictures(at=now())
