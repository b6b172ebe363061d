"""Edges between a site and its viewers: what is promised of them, whom the site sends where, and how one does."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests

from tests.servers.edge import Edge
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.moving import sent_to

PROMISED_SECONDS = 5.0


def port_of(url: str) -> int | None:
    return urlsplit(url).port


def wait_for_all(site: Site, room: str, edges: list[Edge]) -> None:
    """Return once the site sends viewers to each of these, and to nobody else."""
    expected = {edge.port for edge in edges}

    def known() -> bool:
        return {port_of(sent_to(site, room)) for _ in range(6)} == expected

    wait_until(known, what=f"viewers at {expected}")


def health(edge: Edge) -> tuple[int, dict[str, str]]:
    """Return how an edge says that it does: the status, and its parts."""
    answer = requests.get(f"{edge.url}/health", timeout=10)
    return answer.status_code, answer.json()["parts"]
