"""What Prometheus gets: text that its own parser understands, and as little of what hangs as there is."""

from __future__ import annotations

import threading

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse

from streair.core import health
from streair.core.asking import Asker
from streair.core.metrics import site, tallies
from streair.core.metrics.exposition import exposition, names
from streair.core.metrics.publisher import Publisher
from streair.core.metrics.tallies import Counter, Gauge, Histogram


@pytest.fixture(autouse=True)
def _only_the_tests_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_parts", {})
    monkeypatch.setattr(health, "_asker", Asker("tests"))
    monkeypatch.setattr(site, "_asker", Asker("tests"))
    monkeypatch.setattr(site, "_looks", {})
    monkeypatch.setattr(tallies, "_tallies", {})
    monkeypatch.setattr(tallies, "_refreshers", {})


def publish() -> None:
    publisher = Publisher("tests")
    publisher.write(publisher.take())


def samples(text: bytes) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in parse(text.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[
                tuple(value for _, value in sorted(sample.labels.items()))
            ] = sample.value
    return found


def test_every_kind_arrives_as_prometheus_means_it() -> None:
    words = tallies.keep(Counter("words", "Words.", ["kind"]))
    words.add('odd "\n\\ ones', by=2)
    here = tallies.keep(Gauge("here", "Here."))
    here.value = 2.5
    took = tallies.keep(Histogram("took", "Took.", ["way"], buckets=[0.1, 1.0]))
    for seconds in (0.1, 0.5, 7.0):
        took.observe(seconds, "slow")
    publish()

    text, kind = exposition("")

    found = samples(text)
    assert kind.startswith("text/plain")
    assert found["words_total"] == {('odd "\n\\ ones',): 2}
    assert found["here"] == {(): 2.5}
    assert found["took_bucket"] == {("0.1", "slow"): 1, ("1.0", "slow"): 2, ("+Inf", "slow"): 3}
    assert found["took_sum"] == {("slow",): 7.6}
    assert set(found) - {"streair_process_silence_seconds"} <= names()


def test_openmetrics_is_spoken_to_who_asks_for_it_and_nonsense_is_no_fault() -> None:
    tallies.keep(Counter("words", "Words.")).value = 2
    publish()

    text, kind = exposition("application/openmetrics-text; version=1.0.0")
    plain, _kind = exposition("application/openmetrics-text; version=x.y")

    assert kind.startswith("application/openmetrics-text")
    assert "words" in {family.name for family in parse_open(text.decode())}  # type: ignore[no-untyped-call]
    assert samples(plain)["words_total"] == {(): 2}


def test_what_hangs_is_missing_and_everything_else_is_there_in_time() -> None:
    go_on = threading.Event()
    hung, fine = Gauge("hung", "Hung."), Gauge("fine", "Fine.", ["room"])

    def hang() -> site.Numbers:
        go_on.wait()
        return {hung: {(): 1}}

    site.register("hung", hang, hung)
    site.register("fine", lambda: {fine: {("a",): 1, ("b",): 2}}, fine)
    health.register("stuck", "Stuck", lambda: {"waited": go_on.wait()})
    health.register("well", "Well", dict)

    found = site.families(seconds=0.2)
    go_on.set()

    assert "hung" not in found
    assert found["fine"].values == {("a",): 1, ("b",): 2}
    assert found["streair_component_up"].values == {("stuck",): 0, ("well",): 1}


def test_a_refresher_that_fails_costs_its_own_numbers_only() -> None:
    here = tallies.keep(Gauge("here", "Here."))

    def fail() -> None:
        raise RuntimeError("It is broken.")

    def refresh() -> None:
        here.value = 3

    tallies.refresh_by("broken", fail)
    tallies.refresh_by("fine", refresh)
    publish()

    assert samples(exposition("")[0])["here"] == {(): 3}
