"""What a site says of itself in numbers: as Prometheus collects them, and as everybody is told."""

from __future__ import annotations

import requests
from prometheus_client.parser import text_string_to_metric_families as parse

from tests.servers.fronted import FrontedSite

# By name and labels.
Numbers = dict[tuple[str, ...], float]


def collect(address: str, *, token: str = "") -> Numbers:
    """Return what Prometheus collects from a machine, whose processes are one."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.get(f"{address}/metrics", headers=headers, timeout=20)
    answer.raise_for_status()
    samples = (sample for family in parse(answer.text) for sample in family.samples)
    return {(each.name, *each.labels.values()): each.value for each in samples}


def viewers_of(site: FrontedSite, room_id: str) -> int:
    """Return how many people watch, as everybody is told."""
    return int(site.ask(f"/api/rooms/{room_id}").json()["viewerCount"])
