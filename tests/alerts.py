"""The alert rules, for tests that bring about what they wait for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

_RULES = Path(__file__).resolve().parent.parent / "deploy/prometheus/streair.yml"
# A name, whatever is done with it, and the bound that makes it an alert.
_CLAUSE = re.compile(r"\b(streair_[a-z_]+)[^<>]*?>=?\s*([\d.]+)")


def rules() -> list[dict[str, Any]]:
    """Return every rule."""
    groups = yaml.safe_load(_RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def bounds(alert: str) -> dict[str, float]:
    """Return above which numbers an alert fires, by the name of what it looks at."""
    (rule,) = (rule for rule in rules() if rule["alert"] == alert)
    return {name: float(bound) for name, bound in _CLAUSE.findall(rule["expr"])}
