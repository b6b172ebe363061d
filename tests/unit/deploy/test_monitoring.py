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

from streair.core.metrics import exposition
from streams.edge.app import EdgeApp
from streams.edge.config import Config as EdgeConfig
from streams.sidecar.node.app import NodeApp
from streams.sidecar.node.config import Config as NodeConfig

# Every number is there only once what counts it is. Not streair.asgi: a process has one relay for ever.
for _module in (
    *("chat.runtime.desk", "streair.core.kept_pages", "streair.core.metrics.publisher"),
    *("streair.core.realtime.consumer", "streair.handler", "streams.flv_endpoint"),
    "streams.sidecar.process",
):
    import_module(_module)

_DEPLOY = Path(__file__).resolve().parent.parent.parent.parent / "deploy"
_NAME = re.compile(r"\bstreair_[a-z_]+")


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


def panels() -> list[dict[str, object]]:
    dashboard = json.loads((_DEPLOY / "grafana/streair.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, object]]:
    groups = yaml.safe_load((_DEPLOY / "prometheus/streair.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


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
        assert rule["labels"]["severity"] in {"page", "ticket"}  # type: ignore[index]
        assert str(rule["annotations"]["summary"]).endswith(".")  # type: ignore[index]


def test_every_alert_is_explained() -> None:
    told = (_DEPLOY.parent / "docs/operations.md").read_text()

    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in told] == []
