"""`/metrics`: everything there is to collect, in the format that the collector asks for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from streair.core.metrics import site
from streair.core.metrics.families import as_metric
from streair.core.metrics.publisher import snapshots
from streair.core.metrics.snapshots import Families, Family
from streair.core.metrics.tallies import Highest, Kind, Tally, kept

_silence = Highest(
    "streair_process_silence_seconds",
    "How long ago a process last said something; more than a few seconds, and it hangs.",
    ["role"],
)


def exposition(accept: str) -> tuple[bytes, str]:
    """Return everything, and of which type it is."""
    families, ages = snapshots().read()
    silence = Family(_silence.kind, _silence.text, _silence.labels, ())
    for process, age in ages.items():
        silence.take((process.role,), round(age, 3))
    families[_silence.name] = silence
    families |= site.families()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(families))
    try:
        encode, kind = choose_encoder(accept)
    except (TypeError, ValueError):  # It asks for a version that is no number.
        encode, kind = choose_encoder("")
    return encode(registry), kind


def names() -> set[str]:
    """Return the name of every series that there may be."""
    return {name for tally in tallies() for name in names_of(tally)}


def tallies() -> tuple[Tally, ...]:
    """Return every family of numbers that there may be."""
    return (*kept(), *site.gauges(), _silence)


def names_of(tally: Tally) -> list[str]:
    """Return what the series of a family are called."""
    endings = {Kind.COUNTER: ["_total"], Kind.HISTOGRAM: ["_bucket", "_sum", "_count"]}
    return [f"{tally.name}{ending}" for ending in endings.get(tally.kind, [""])]


class _Collector(Collector):
    """Families as the library takes them."""

    def __init__(self, families: Families) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        for name, family in sorted(self._families.items()):
            yield as_metric(name, family)
