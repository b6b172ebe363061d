"""Families of numbers as prometheus_client takes them."""

from __future__ import annotations

from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from streair.core.metrics.snapshots import Family
from streair.core.metrics.tallies import Kind, Tally


def of_tally(tally: Tally) -> Metric:
    """Return what this process alone has counted, as the library has it."""
    buckets = tuple(tally.as_dict().get("buckets", ()))
    return as_metric(
        tally.name, Family(tally.kind, tally.text, tally.labels, buckets, dict(tally.values()))
    )


def as_metric(name: str, family: Family) -> Metric:
    """Return a family as the library has it."""
    if family.kind is Kind.HISTOGRAM:
        return _histogram(name, family)
    of_kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
    metric: CounterMetricFamily | GaugeMetricFamily = of_kind(
        name, family.text, labels=family.labels
    )
    for labels, value in sorted(family.values.items()):
        assert not isinstance(value, list), "only histograms have lists"
        metric.add_metric(labels, value)
    return metric


def _histogram(name: str, family: Family) -> Metric:
    metric = HistogramMetricFamily(name, family.text, labels=family.labels)
    bounds = [*(str(float(bound)) for bound in family.buckets), "+Inf"]
    for labels, value in sorted(family.values.items()):
        assert isinstance(value, list), "histograms have lists"
        total, *counts = value
        metric.add_metric(
            labels, list(zip(bounds, accumulate(counts), strict=True)), sum_value=total
        )
    return metric
