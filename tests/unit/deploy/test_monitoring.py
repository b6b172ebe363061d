"""Dashboard and alerts ask for numbers that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from streair.core.metrics.exposition import names

# Every number is there only once what counts it is. Not streair.asgi: a process has one relay for ever.
for _module in (
    *("chat.runtime.desk", "streair.core.kept_pages", "streair.core.metrics.publisher"),
    *("streair.core.realtime.consumer", "streair.handler", "streams.flv_endpoint"),
    "streams.sidecar.process",
):
    import_module(_module)

_DEPLOY = Path(__file__).resolve().parent.parent.parent.parent / "deploy"
_NAME = re.compile(r"\bstreair_[a-z_]+")


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


def test_every_alert_says_what_is_wrong_and_how_bad_that_is() -> None:
    for rule in rules():
        assert re.fullmatch(r"StreAir[A-Z]\w+", str(rule["alert"]))
        assert rule["labels"]["severity"] in {"page", "ticket"}  # type: ignore[index]
        assert str(rule["annotations"]["summary"]).endswith(".")  # type: ignore[index]


def test_every_alert_is_explained() -> None:
    told = (_DEPLOY.parent / "docs/operations.md").read_text()

    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in told] == []
