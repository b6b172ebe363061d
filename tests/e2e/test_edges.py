"""The player at an edge: it needs to know nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.browsers import Browsers
from tests.e2e.live import open_room, wait_for_face, wait_for_pictures
from tests.servers.edge import SECRET, Edge
from tests.servers.process import free_port
from tests.servers.publisher import publishing
from tests.servers.site import Site, running_site
from tests.system.test_edges import wait_for_all

pytestmark = pytest.mark.e2e


@pytest.fixture
def edge_port() -> int:
    return free_port()


@pytest.fixture
def site(edge_port: int) -> Iterator[Site]:
    with running_site(EDGES=f"http://127.0.0.1:{edge_port}", EDGE_SECRET=SECRET) as running:
        yield running


def test_the_page_plays_from_an_edge_and_goes_on_elsewhere_when_it_dies(
    browsers: Browsers, site: Site, edge_port: int
) -> None:
    room = open_room(site)
    edge = Edge(site.data, edge_port, site.url)
    with edge, publishing(room.publish_url, site.data / "publisher.log"):
        room.wait_until("live")
        wait_for_all(site, room.room_id, [edge])

        page = browsers.open(room.path, expect=("ERR_", "Failed to load"))
        wait_for_face(page, "live")
        wait_for_pictures(page)
        assert (
            f"{edge.url}/api/stream-proxy/live/{room.room_id}.flv"
            in browsers.everything_seen_by(page)
        )

        with page.expect_response(lambda answer: f"{room.room_id}.flv" in answer.url):
            edge.program.kill()

        wait_for_pictures(page)
        wait_for_face(page, "live")
