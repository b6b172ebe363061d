"""What the relay and the hooks do, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings

from streair.core.metrics import site
from streair.core.metrics.tallies import Counter, Gauge, Highest, keep, refresh_by
from streams import nodes, selectors
from streams.problems import Refusal
from streams.relay.pull import PullState
from streams.relay.rooms import HubStats, Rooms

# Why an encoder was sent away, beside what is wrong with what it wants (streams.problems.Refusal).
DATABASE_AWAY = "database-away"

decisions = keep(
    Counter(
        "streair_hook_decisions",
        "What the RTMP servers were told, by hook: admitted, stays, or why not.",
        ["hook", "decision", "node"],
    )
)
answers = keep(
    Counter("streair_flv_answers", "Requests for a stream, by status; 200 watches.", ["status"])
)
_encoders = Gauge("streair_ingest_encoders", "Encoders that are connected, by node.", ["node"])
_kbps = Gauge("streair_ingest_kbps", "What the encoders of a node send, in kbit/s.", ["node"])
_streams = keep(Gauge("streair_flv_streams", "FLV streams that are open."))
_rooms = keep(Gauge("streair_relay_rooms", "Rooms that a process relays, summed over processes."))
_bytes_out = keep(Counter("streair_flv_bytes", "Bytes sent to viewers."))
_bytes_in = keep(
    Counter("streair_relay_received_bytes", "Bytes that processes read from the RTMP server.")
)
_dropped = keep(
    Counter("streair_flv_dropped_tags", "Frames left out for viewers too slow for them.")
)
_reconnects = keep(
    Counter("streair_relay_reconnects", "How often a room's media began to flow again.")
)
_stalls = keep(
    Counter("streair_relay_stalls", "How often a connected publisher sent nothing for 3 s.")
)
_closed = keep(
    Counter("streair_flv_streams_closed", "FLV streams that ended, by reason.", ["reason"])
)

_room_streams = keep(Gauge("streair_room_streams", "FLV streams of a room.", ["room"]))
_room_age = keep(
    Highest(
        "streair_room_ingest_age_seconds",
        "How long ago the last media of a room came in, while its publisher is connected.",
        ["room"],
    )
)
_room_kbps = keep(
    Highest("streair_room_ingest_kbps", "What a room's publisher sends, in kbit/s.", ["room"])
)
_room_delay = keep(
    Highest(
        "streair_room_start_delay_seconds",
        "How far behind its publisher somebody begins who comes now: since the last keyframe.",
        ["room"],
    )
)


def look() -> site.Numbers:
    """Return who publishes to each node: of the whole site."""
    found = dict.fromkeys(nodes.names(), (0, 0)) | selectors.encoders_by_node()
    return {
        _encoders: {(node,): encoders for node, (encoders, _) in found.items()},
        _kbps: {(node,): kbps for node, (_, kbps) in found.items()},
    }


def install() -> None:
    """Have that looked up at each collection."""
    site.register("streams", look, _encoders, _kbps)
    # What Prometheus sees for the first time has not risen, to it: what alerts wait for is there before it happens.
    for node in nodes.names():
        for decision in (DATABASE_AWAY, *Refusal):
            decisions.add("publish", decision, node, by=0)


def follow(rooms: Rooms) -> None:
    """Have the numbers of `rooms` told from now on."""
    refresh_by("the relay", lambda: _refresh(rooms))


def _refresh(rooms: Rooms) -> None:
    totals = rooms.totals()
    _bytes_in.value = totals.bytes_in
    _bytes_out.value = totals.bytes_out
    _dropped.value = totals.dropped
    _reconnects.value = totals.reconnects
    _stalls.value = totals.stalls
    for reason, count in totals.closed.items():
        _closed.become(count, reason)
    stats = [each for each in map(rooms.stats, rooms.open_keys()) if each is not None]
    _streams.value = rooms.viewer_count()
    _rooms.value = len(stats)
    flowing = [each for each in stats if each.state is PullState.FLOWING]
    _room_streams.replace(_of(stats, lambda each: each.viewers))
    _room_age.replace(_of(flowing, lambda each: round(each.silent_seconds, 3)))
    _room_delay.replace(_of(flowing, lambda each: each.gop_milliseconds / 1000))
    _room_kbps.replace(_of(flowing, lambda each: each.report.bitrate_kbps if each.report else 0))


def _of(
    stats: list[HubStats], number: Callable[[HubStats], float]
) -> Mapping[tuple[str, ...], float]:
    """Return the greatest numbers: the more rooms have one of their own, the more everything costs."""
    found = sorted(((number(each), each.key) for each in stats), reverse=True)
    return {(key,): value for value, key in found[: settings.METRICS_ROOMS]}
