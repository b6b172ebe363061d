"""The player at an edge: it goes on elsewhere when that one dies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.browsers import Browsers
from tests.e2e.live import open_room, wait_for_face, wait_for_pictures
from tests.servers.edge import SECRET, Edge
from tests.servers.process import free_port
from tests.servers.publisher import publishing
from tests.servers.site import Site, running_site
from tests.system.edges.tree import PROMISED_SECONDS, wait_for_all

pytestmark = pytest.mark.e2e


@pytest.fixture
def ports() -> list[int]:
    return [free_port(), free_port()]


@pytest.fixture
def site(ports: list[int]) -> Iterator[Site]:
    urls = ",".join(f"http://127.0.0.1:{port}" for port in ports)
    with running_site(EDGES=urls, EDGE_SECRET=SECRET) as running:
        yield running


@pytest.mark.parametrize("count", [1, 2])
def test_when_the_edge_of_a_page_is_killed_the_picture_moves_on_within_five_seconds(
    browsers: Browsers, site: Site, ports: list[int], count: int
) -> None:
    room = open_room(site)
    edges = [Edge(site.data, port, site.url) for port in ports[:count]]
    with ExitStack() as stack:
        for edge in edges:
            stack.enter_context(edge)
        stack.enter_context(publishing(room.publish_url, site.data / "publisher.log"))
        room.wait_until("live")
        wait_for_all(site, room.room_id, edges)
        page = browsers.open(room.path, expect=("ERR_", "Failed to load"))
        wait_for_face(page, "live")
        wait_for_pictures(page)
        name = f"/api/stream-proxy/live/{room.room_id}.flv"
        seen = browsers.everything_seen_by(page)
        (serving,) = [edge for edge in edges if f"{edge.url}{name}" in seen]
        next_place = site.url if count == 1 else next(e.url for e in edges if e is not serving)

        with page.expect_response(
            lambda answer: answer.url.startswith(f"{next_place}{name}") and answer.status == 200,
            timeout=PROMISED_SECONDS * 1000,
        ):
            killed = time.monotonic()
            serving.program.kill()

        # The player lets go of what it had before it asks again: these are new.
        wait_for_pictures(page)
        wait_for_face(page, "live")
        assert time.monotonic() - killed < PROMISED_SECONDS
