"""What is done again and again for streams: comparing with the sidecars, running out graces and idle rooms."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from streair.core import jobs
from streair.core.asking import Asker
from streair.ingest import MAIN
from streams import nodes, services
from streams.nodes import Node
from streams.pictures import Photographer
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat, ask_stat

logger = logging.getLogger(__name__)

# All nodes are asked at the same time, and waited for so long.
ANSWER_SECONDS = 2.0
# A sidecar that crashed is back within a second; one that is silent for longer has nobody.
SILENCE_SECONDS = 8.0
_OFTEN = timedelta(seconds=3)
# Whoever died in it is not waited for.
_SHORT = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a node showed, and when it was asked."""

    asked: datetime
    stat: Stat


class Comparison:
    """Knows how long a node has been silent. `clock` is there to be replaced in tests."""

    def __init__(self, node: str = MAIN, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._node = node
        self._prefix = "" if node == MAIN else f"{node}: "
        self._clock = clock
        self._silent_since: float | None = None
        self._has_answered = False
        self._is_told = False

    def hear(self, answer: Callable[[], Seen]) -> int:
        """Compare once with what it shows; return how many publish there."""
        try:
            seen = answer()
        except SidecarDown as exc:
            self._bear_silence(exc)
            return 0
        if self._is_told:
            logger.info("%sThe sidecar answers again.", self._prefix)
        self._silent_since, self._is_told, self._has_answered = None, False, True
        services.reconcile(seen.stat, asked=seen.asked, node=self._node)
        return len(seen.stat.publishers)

    def _bear_silence(self, reason: SidecarDown) -> None:
        if self._silent_since is None:
            self._silent_since = self._clock()
        is_long = self._clock() - self._silent_since >= SILENCE_SECONDS
        # When everything starts at the same time, one that never answered is about to start.
        if not self._is_told and (self._has_answered or is_long):
            logger.warning("%s%s", self._prefix, reason)
            self._is_told = True
        lost = services.lose_everybody(at=now(), node=self._node) if is_long else 0
        if lost:
            logger.warning(
                "%sThe sidecar stays silent: %d stream(s) interrupted.", self._prefix, lost
            )


class Comparisons:
    """Asks all nodes at the same time: what hangs at one is nothing to the rooms of another."""

    def __init__(
        self,
        *,
        ask: Callable[[Node], Stat] = ask_stat,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._asker = Asker[Seen]("nodes")
        self._by_node: dict[str, Comparison] = {}

    def run(self) -> int:
        """Compare once with each node; return how many publish."""
        until = time.monotonic() + ANSWER_SECONDS
        asked = {node.name: self._asker.ask(node.name, self._look(node)) for node in nodes.every()}
        encoders = 0
        failure: Exception | None = None
        for name, answer in asked.items():
            try:
                encoders += self._comparison(name).hear(partial(_wait, answer, until))
            except Exception as exc:  # noqa: BLE001 - raised below: first the other nodes' rooms.
                failure = failure or exc
        if failure is not None:
            raise failure
        if lost := services.lose_all_but(nodes=list(asked), at=now()):
            logger.warning("%d stream(s) were at a node that there is no more.", lost)
        return encoders

    def _comparison(self, name: str) -> Comparison:
        return self._by_node.setdefault(name, Comparison(name, clock=self._clock))

    def _look(self, node: Node) -> Callable[[], Seen]:
        # One that hung was asked earlier: what it shows is of then.
        return lambda: Seen(now(), self._ask(node))


def _wait(answer: Future[Seen], until: float) -> Seen:
    try:
        return answer.result(max(until - time.monotonic(), 0))
    except Late as exc:
        raise SidecarDown("The sidecar does not answer in time.") from exc


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
    comparisons = Comparisons()
    label = _("Compare streams with the RTMP server")
    jobs.register(jobs.Job("reconcile", label, every=_OFTEN, run=comparisons.run, lease=_SHORT))
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
