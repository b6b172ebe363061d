"""What it does, in numbers that Prometheus collects.

Those that the site's processes have, too, go by the same names (streams/metrics.py): sums are over all.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

_PAGE_BYTES = resource.getpagesize()
_SECONDS = 1.0


class Numbers(Collector):
    """Everything there is to collect, as it is at the moment. `role`: what its process is called."""

    role = ""

    def __init__(self) -> None:
        self._lag = 0.0

    async def run(self) -> None:
        """See for ever how late the event loop is."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _SECONDS
            await asyncio.sleep(_SECONDS)
            self._lag = round(max(loop.time() - due, 0.0), 4)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return everything in the format that is asked for, and of which type it is."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        try:
            encode, kind = choose_encoder(accept)
        except (TypeError, ValueError):  # It asks for a version that is no number.
            encode, kind = choose_encoder("")
        return encode(registry), kind

    def collect(self) -> Iterator[Metric]:
        """Yield every family: those of its own, and those of any process."""
        yield from self.families()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        yield counters(
            "streair_process_cpu_seconds",
            "Processor time used.",
            "role",
            {self.role: usage.ru_utime + usage.ru_stime},
        )
        for name, text, value in (
            ("streair_processes", "Processes of StreAir on this machine.", 1),
            ("streair_process_memory_bytes", "Memory in use.", _memory_bytes()),
        ):
            yield gauges(name, text, "role", {self.role: value})
        yield gauge(
            "streair_event_loop_lag_seconds",
            "How late the event loop was within the last second.",
            self._lag,
        )

    def families(self) -> Iterator[Metric]:
        """Yield what it has beyond that."""
        raise NotImplementedError


def gauge(name: str, text: str, value: float) -> Metric:
    """Return one number that goes up and down."""
    return GaugeMetricFamily(name, text, value=value)


def gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return such numbers, told apart by a label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def counters(name: str, text: str, label: str, counts: Mapping[str, float]) -> Metric:
    """Return numbers that only grow, told apart by a label."""
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def components_up(parts: Mapping[str, bool]) -> Metric:
    """Return whether each part works."""
    text = "Whether a part works, as /health says."
    values = {name: float(works) for name, works in parts.items()}
    return gauges("streair_component_up", text, "component", values)


def _memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
