"""What an edge does, in numbers that Prometheus collects.

Those that the site's processes have, too, go by the same names (streams/metrics.py): sums are over both.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from streams.edge import refusals
from streams.edge.beats import Beats, Result
from streams.edge.config import Config
from streams.edge.origin import Origin
from streams.edge.tickets import EDGE
from streams.relay.rooms import Rooms

ROLE = "edge"
_PAGE_BYTES = resource.getpagesize()
_SECONDS = 1.0


class Numbers(Collector):
    """Everything there is to collect, as it is at the moment."""

    def __init__(self, config: Config, rooms: Rooms, beats: Beats, origin: Origin) -> None:
        self.refused: Counter[str] = Counter({each.code: 0 for each in refusals.ALL})
        self.answered: Counter[str] = Counter()
        self._config = config
        self._rooms = rooms
        self._beats = beats
        self._origin = origin
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
        """Yield every family."""
        yield from self._viewers()
        yield from self._relay()
        yield from self._site()
        yield from self._process()

    def _viewers(self) -> Iterator[Metric]:
        streams = self._rooms.viewer_count()
        yield _gauge("streair_flv_streams", "FLV streams that are open.", streams)
        yield _gauge(
            "streair_edge_viewers",
            "FLV streams that are not another edge's.",
            streams - self._rooms.label_count(EDGE),
        )
        yield _gauge(
            "streair_edge_most_viewers",
            "How many streams an edge takes.",
            self._config.most_viewers,
        )
        yield _counters(
            "streair_flv_answers", "Requests for a stream, by status.", "status", self.answered
        )
        yield _counters(
            "streair_edge_refusals", "Who was sent away, by reason.", "reason", self.refused
        )

    def _relay(self) -> Iterator[Metric]:
        totals = self._rooms.totals()
        rooms = len(self._rooms.open_keys())
        yield _gauge("streair_relay_rooms", "Rooms that are read for viewers.", rooms)
        for name, text, value in (
            ("streair_flv_bytes", "Bytes sent to viewers.", totals.bytes_out),
            ("streair_relay_received_bytes", "Bytes read from the origin.", totals.bytes_in),
            ("streair_flv_dropped_tags", "Frames left out for slow viewers.", totals.dropped),
            ("streair_relay_reconnects", "How often media began to flow again.", totals.reconnects),
            ("streair_relay_stalls", "How often the origin sent nothing for 3 s.", totals.stalls),
        ):
            yield CounterMetricFamily(name, text, value=value)
        yield _counters(
            "streair_flv_streams_closed",
            "FLV streams that ended, by reason.",
            "reason",
            totals.closed,
        )

    def _site(self) -> Iterator[Metric]:
        results = {str(result): self._beats.results[result] for result in Result}
        yield _counters(
            "streair_edge_beats",
            "What became of what the site is told once a second.",
            "result",
            results,
        )
        works = GaugeMetricFamily(
            "streair_component_up",
            "Whether a part works, as /health says.",
            labels=["component"],
        )
        works.add_metric(["edge-beats"], float(self._beats.are_heard))
        works.add_metric(["edge-origin"], float(self._origin.is_reachable))
        yield works

    def _process(self) -> Iterator[Metric]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        yield _counters(
            "streair_process_cpu_seconds",
            "Processor time used.",
            "role",
            {ROLE: usage.ru_utime + usage.ru_stime},
        )
        for name, text, value in (
            ("streair_processes", "Processes of StreAir on this machine.", 1),
            ("streair_process_memory_bytes", "Memory in use.", _memory_bytes()),
        ):
            family = GaugeMetricFamily(name, text, labels=["role"])
            family.add_metric([ROLE], value)
            yield family
        yield _gauge(
            "streair_event_loop_lag_seconds",
            "How late the event loop was within the last second.",
            self._lag,
        )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counters(name: str, text: str, label: str, counts: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def _memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
