"""Dashboard and alerts ask for numbers that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prometheus_client.core import Metric

from rooms.models import RoomState
from streair.core import health, page_processes
from streair.core.metrics import exposition
from streair.core.metrics.tallies import Kind
from streams.edge import refusals
from streams.edge.app import EdgeApp
from streams.edge.config import Config as EdgeConfig
from streams.metrics import decisions
from streams.sidecar.node.app import NodeApp
from streams.sidecar.node.config import Config as NodeConfig
from streams.sidecar.node.hook_log import Result
from tests.alerts import rules

# Every number is there only once what counts it is. Not streair.asgi: a process has one relay for ever.
for _module in (
    *("chat.runtime.desk", "streair.core.kept_pages", "streair.core.metrics.publisher"),
    *("streair.core.realtime.consumer", "streair.handler", "streams.flv_endpoint"),
    "streams.sidecar.process",
):
    import_module(_module)

_DEPLOY = Path(__file__).resolve().parent.parent.parent.parent / "deploy"
_NAME = re.compile(r"\bstreair_[a-z_]+")
_SELECTOR = re.compile(r"\b(streair_[a-z_]+|up)\b(?!\")(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_BY = re.compile(r"\bby \(([^)]*)\)")
_SAID = re.compile(r"{{\s*(?:\$labels\.)?(\w+)\s*}}")
_TARGET = {"job", "instance"}


_ENDINGS = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}


def of_an_edge() -> list[Metric]:
    edge = EdgeApp(EdgeConfig("http://a", "http://a", "http://b", "http://a", "s" * 32))
    return list(edge.numbers.collect())


def of_a_node() -> list[Metric]:
    node = NodeApp(NodeConfig("hanoi", "127.0.0.1", 0), port=9)
    node.hooks.close()
    return list(node.numbers.collect())


def names() -> set[str]:
    """Return the name of every series that the site, an edge or an ingest node may have."""
    elsewhere = {
        f"{family.name}{ending}"
        for family in (*of_an_edge(), *of_a_node())
        for ending in _ENDINGS.get(family.type, [""])
    }
    return exposition.names() | elsewhere


def labels() -> dict[str, set[str]]:
    """Return what tells the series of each name apart; Prometheus adds whom it asked."""
    found = {
        name: {*tally.labels, *(["le"] if tally.kind is Kind.HISTOGRAM else [])}
        for tally in exposition.tallies()
        for name in exposition.names_of(tally)
    }
    for family in (*of_an_edge(), *of_a_node()):
        for ending in _ENDINGS.get(family.type, [""]):
            own = {*vars(family)["_labelnames"], *(["le"] if ending == "_bucket" else [])}
            found.setdefault(f"{family.name}{ending}", set()).update(own)
    return {name: own | _TARGET for name, own in [*found.items(), ("up", set())]}


def values() -> dict[str, set[str]]:
    """Return what each label may be that rules and panels name: everywhere, or of one family."""
    parts = {
        sample.labels["component"]
        for family in (*of_an_edge(), *of_a_node())
        for sample in family.samples
        if family.name == "streair_component_up"
    }
    collected = yaml.safe_load((_DEPLOY / "prometheus/prometheus.yml").read_text())
    return {
        "component": {*health.parts(), *parts, page_processes.NAME},
        "decision": {labels[1] for labels, _count in decisions.values()},
        "hook": {"publish", "update", "done"},
        "job": {each["job_name"] for each in collected["scrape_configs"]},
        "reason": {refusal.code for refusal in refusals.ALL},
        "streair_chat_messages_total result": {"written", "held", "refused"},
        "streair_ingest_hook_seconds_bucket result": set(Result),
        "streair_ingest_hook_seconds_count result": set(Result),
        "streair_job_runs_total result": {"done", "failed"},
        "streair_rooms state": set(RoomState.values),
        "streair_tasks state": {"waiting", "running", "failed"},
        "status": {f"{digit}xx" for digit in range(1, 6)},
    }


def panels() -> list[dict[str, object]]:
    dashboard = json.loads((_DEPLOY / "grafana/streair.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:  # type: ignore[attr-defined]
            yield target["expr"]
    for rule in rules():
        yield str(rule["expr"])


@pytest.mark.parametrize("expression", list(expressions()))
def test_it_asks_for_what_there_is(expression: str) -> None:
    asked = set(_NAME.findall(expression)) - {"streair"}

    assert asked - names() == set()
    assert asked or "up{" in expression


@pytest.mark.parametrize("expression", list(expressions()))
def test_it_tells_series_apart_by_what_they_have(expression: str) -> None:
    of = labels()

    for name, matchers in _SELECTOR.findall(expression):
        assert {label for label, *_ in _MATCHER.findall(matchers)} - of[name] == set()
    grouped = {label.strip() for each in _BY.findall(expression) for label in each.split(",")}
    asked = [of[name] for name, _matchers in _SELECTOR.findall(expression)]
    assert [name for name in grouped if not all(name in each for each in asked)] == []


@pytest.mark.parametrize("expression", list(expressions()))
def test_it_asks_for_values_that_there_may_be(expression: str) -> None:
    there = values()

    for name, matchers in _SELECTOR.findall(expression):
        for label, operator, wanted in _MATCHER.findall(matchers):
            known = there.get(f"{name} {label}") or there[label]
            for each in wanted.split("|") if "~" in operator else [wanted]:
                assert any(re.fullmatch(each, value) for value in known), f'{label}="{each}"'


def test_no_label_of_ours_is_called_as_what_prometheus_adds() -> None:
    """It would rename ours, and everything that asks for it would ask for something else."""
    ours = {label for tally in exposition.tallies() for label in tally.labels}

    assert ours & _TARGET == set()


def test_what_is_said_of_a_series_can_be_known() -> None:
    told = [(str(rule["expr"]), str(rule["annotations"])) for rule in rules()]
    told += [
        (target["expr"], target.get("legendFormat", ""))
        for panel in panels()
        for target in panel["targets"]  # type: ignore[attr-defined]
    ]
    for expression, text in told:
        grouped = {label.strip() for each in _BY.findall(expression) for label in each.split(",")}
        known = grouped | (_TARGET if expression.startswith("up{") else set())
        assert set(_SAID.findall(text)) - known == set(), expression


def test_what_alerts_wait_for_is_there_before_it_happens() -> None:
    """Prometheus sees a series rise only from its second sample on: the first event would be missed."""
    there = {labels for labels, _count in decisions.values()}
    waits = [str(rule["expr"]) for rule in rules() if "streair_hook_decisions" in str(rule["expr"])]
    named = {
        decision
        for expression in waits
        for label, _operator, wanted in _MATCHER.findall(expression)
        if label == "decision"
        for decision in wanted.split("|")
    }

    assert len(waits) == 2
    assert {("publish", decision, "main") for decision in named} <= there


def test_the_dashboard_shows_every_number_there_is() -> None:
    shown = {name for expression in expressions() for name in _NAME.findall(expression)}
    families = {re.sub("_(bucket|sum|count)$", "", name) for name in names()}

    assert {name for name in families if not any(name in each for each in shown)} == set()


@pytest.mark.parametrize("outpost", [of_an_edge, of_a_node])
def test_what_is_counted_elsewhere_too_is_of_one_kind(outpost: Callable[[], list[Metric]]) -> None:
    ours = {name.removesuffix("_total") for name in exposition.names()}
    counters = {name.removesuffix("_total") for name in exposition.names() if "_total" in name}

    shared = [family for family in outpost() if family.name in ours]

    assert shared
    assert {family.name for family in shared if family.type == "counter"} == counters & {
        family.name for family in shared
    }


def test_alerts_ask_for_jobs_that_are_collected() -> None:
    collected = yaml.safe_load((_DEPLOY / "prometheus/prometheus.yml").read_text())
    jobs = {each["job_name"] for each in collected["scrape_configs"]}
    asked = {job for text in expressions() for job in re.findall(r'job="([a-z-]+)"', text)}

    assert asked == jobs == {"streair", "streair-edge", "streair-ingest"}
    assert collected["rule_files"] == ["streair.yml"]
    for each in collected["scrape_configs"]:
        assert each.get("metrics_path", "/metrics") == "/metrics"
        assert each["authorization"] == {"credentials_file": "/etc/prometheus/streair.token"}
        assert all(target["targets"] for target in each["static_configs"])


def test_every_alert_says_what_is_wrong_and_how_bad_that_is() -> None:
    for rule in rules():
        assert re.fullmatch(r"StreAir[A-Z]\w+", str(rule["alert"]))
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert str(rule["annotations"]["summary"]).endswith(".")


def test_every_alert_is_explained() -> None:
    told = (_DEPLOY.parent / "docs/operations.md").read_text()

    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in told] == []
