"""What an edge does, in numbers that Prometheus collects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric

from streams.edge import refusals
from streams.edge.beats import Beats, Result
from streams.edge.config import Config
from streams.edge.origin import Origin
from streams.edge.tickets import EDGE
from streams.outpost.numbers import Numbers, components_up, counters, gauge
from streams.relay.rooms import Rooms


class EdgeNumbers(Numbers):
    """What there is to collect of an edge."""

    role = "edge"

    def __init__(self, config: Config, rooms: Rooms, beats: Beats, origin: Origin) -> None:
        super().__init__()
        self.refused: Counter[str] = Counter({each.code: 0 for each in refusals.ALL})
        self.answered: Counter[str] = Counter()
        self._config = config
        self._rooms = rooms
        self._beats = beats
        self._origin = origin

    def families(self) -> Iterator[Metric]:
        yield from self._viewers()
        yield from self._relay()
        yield from self._site()

    def _viewers(self) -> Iterator[Metric]:
        streams = self._rooms.viewer_count()
        yield gauge("streair_flv_streams", "FLV streams that are open.", streams)
        yield gauge(
            "streair_edge_viewers",
            "FLV streams that are not another edge's.",
            streams - self._rooms.label_count(EDGE),
        )
        yield gauge(
            "streair_edge_most_viewers",
            "How many streams an edge takes.",
            self._config.most_viewers,
        )
        yield counters(
            "streair_flv_answers", "Requests for a stream, by status.", "status", self.answered
        )
        yield counters(
            "streair_edge_refusals", "Who was sent away, by reason.", "reason", self.refused
        )

    def _relay(self) -> Iterator[Metric]:
        totals = self._rooms.totals()
        rooms = len(self._rooms.open_keys())
        yield gauge("streair_relay_rooms", "Rooms that are read for viewers.", rooms)
        for name, text, value in (
            ("streair_flv_bytes", "Bytes sent to viewers.", totals.bytes_out),
            ("streair_relay_received_bytes", "Bytes read from the origin.", totals.bytes_in),
            ("streair_flv_dropped_tags", "Frames left out for slow viewers.", totals.dropped),
            ("streair_relay_reconnects", "How often media began to flow again.", totals.reconnects),
            ("streair_relay_stalls", "How often the origin sent nothing for 3 s.", totals.stalls),
        ):
            yield CounterMetricFamily(name, text, value=value)
        yield counters(
            "streair_flv_streams_closed",
            "FLV streams that ended, by reason.",
            "reason",
            totals.closed,
        )

    def _site(self) -> Iterator[Metric]:
        results = {str(result): self._beats.results[result] for result in Result}
        yield counters(
            "streair_edge_beats",
            "What became of what the site is told once a second.",
            "result",
            results,
        )
        up = {"edge-beats": self._beats.are_heard, "edge-origin": self._origin.is_reachable}
        if self._origin.is_of_a_tree:
            up["edge-upstream"] = not self._origin.upstream_is_away
        yield components_up(up)
