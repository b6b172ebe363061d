"""Numbers that are not of a process but of the whole site: looked up when somebody collects them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as Late

from streair.core import health
from streair.core.asking import Asker
from streair.core.metrics.snapshots import Families, Family
from streair.core.metrics.tallies import Gauge

logger = logging.getLogger(__name__)

Numbers = Mapping[Gauge, Mapping[tuple[str, ...], float]]
Look = Callable[[], Numbers]

_up = Gauge(
    "streair_component_up", "Whether a part of the site works, as /health says.", ["component"]
)
_answer_time = Gauge(
    "streair_component_seconds", "How long it took to find that out.", ["component"]
)

_looks: dict[str, tuple[Look, tuple[Gauge, ...]]] = {}
_asker = Asker[Numbers]("metrics")


def register(name: str, look: Look, *gauges: Gauge) -> None:
    """Have `look` called at each collection, in a thread of its own; it tells the values of `gauges`."""
    _looks[name] = (look, gauges)


def gauges() -> tuple[Gauge, ...]:
    """Return every gauge of the site."""
    return (_up, _answer_time, *(gauge for _, found in _looks.values() for gauge in found))


def families(*, seconds: float = health.SECONDS) -> Families:
    """Return what could be found out within `seconds`: of what hangs there is no number."""
    until = time.monotonic() + seconds
    asked = {name: _asker.ask(name, look) for name, (look, _gauges) in _looks.items()}
    found: Families = {}
    for finding in health.findings(seconds=seconds):
        _take(found, {_up: {(finding.part.name,): float(finding.is_well)}})
        _take(found, {_answer_time: {(finding.part.name,): round(finding.seconds, 4)}})
    for name, answer in asked.items():
        try:
            _take(found, answer.result(max(until - time.monotonic(), 0)))
        except Late:
            logger.warning("%s cannot be counted in time.", name)
        except Exception as exc:  # noqa: BLE001 - databases and caches fail in many ways; /health tells.
            logger.warning("%s cannot be counted: %s", name, exc)
    return found


def _take(found: Families, numbers: Numbers) -> None:
    for gauge, values in numbers.items():
        if gauge.name not in found:
            found[gauge.name] = Family(gauge.kind, gauge.text, gauge.labels, ())
        found[gauge.name].values.update(values)
