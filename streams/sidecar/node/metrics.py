"""What an ingest node does, in numbers that Prometheus collects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, Metric

from streair import disk
from streair.core.metrics.families import of_tally
from streams.outpost.numbers import Numbers, components_up, gauge, gauges
from streams.sidecar import process
from streams.sidecar.node.hook_log import HookLog
from streams.sidecar.node.lookouts import Rtmp, Site


class NodeNumbers(Numbers):
    """What there is to collect of an ingest node."""

    role = "ingest"

    def __init__(self, name: str, folder: Path, rtmp: Rtmp, site: Site, hooks: HookLog) -> None:
        super().__init__()
        self.rtmp = rtmp
        self.site = site
        self._name = name
        self._folder = folder
        self._hooks = hooks

    def free_bytes(self) -> int:
        """Return how much room its folder has."""
        return disk.free_bytes(self._folder)

    def families(self) -> Iterator[Metric]:
        for name, text, value in (
            (
                "streair_ingest_encoders",
                "Encoders that are connected, by node.",
                self.rtmp.encoders,
            ),
            (
                "streair_ingest_kbps",
                "What the encoders of a node send, in kbit/s.",
                self.rtmp.kbps,
            ),
        ):
            yield gauges(name, text, "node", {self._name: value})
        yield CounterMetricFamily(
            "streair_ingest_received_bytes", "Bytes that came in by RTMP.", value=self.rtmp.received
        )
        yield of_tally(process.starts)
        yield of_tally(self._hooks.seconds)
        free = self.free_bytes()
        yield gauge("streair_disk_free_bytes", "Room that is left where data is kept.", free)
        yield components_up(
            {
                "ingest-rtmp": self.rtmp.is_reachable,
                "ingest-hooks": self.site.is_reachable,
                "ingest-disk": free >= disk.LEAST_FREE_BYTES,
            }
        )
