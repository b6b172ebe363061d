"""A site that knows three edges, two of them that run, and a streamer on air."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.servers.edge import SECRET, Edge
from tests.servers.process import free_port
from tests.servers.site import Site, running_site
from tests.system.streamer import Streamer


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return [free_port() for _ in range(3)]


@pytest.fixture(scope="module")
def site(ports: list[int]) -> Iterator[Site]:
    urls = ",".join(f"http://127.0.0.1:{port}" for port in ports)
    with running_site(
        EDGES=urls, EDGE_SECRET=SECRET, PROXY_REQUESTS_PER_MINUTE="100000"
    ) as running:
        yield running


@pytest.fixture
def on_air(make_streamer: Callable[[], Streamer]) -> Streamer:
    streamer = make_streamer()
    streamer.publish()
    streamer.wait_for("live")
    return streamer


@pytest.fixture
def edges(site: Site, ports: list[int]) -> Iterator[list[Edge]]:
    """Two that read from the site. The site knows both."""
    with ExitStack() as stack:
        made = [stack.enter_context(Edge(site.data, port, site.url)) for port in ports[:2]]
        yield made
