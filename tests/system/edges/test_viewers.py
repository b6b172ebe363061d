"""Viewers at a tree of edges without a database: how the stream comes to them, and who may not watch."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
import requests

from streams.flv_endpoint import PREFIX
from tests.servers.edge import Edge
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.edges.tree import port_of, wait_for_all
from tests.system.moving import sent_to
from tests.system.streamer import Console, Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


def test_an_edge_reads_from_an_edge(site: Site, on_air: Streamer, ports: list[int]) -> None:
    near = Edge(site.data, ports[0], site.url)
    far = Edge(site.data, ports[2], site.url, upstream=near.url)
    with near, far:
        wait_for_all(site, on_air.room_id, [near, far])
        url = next(
            url for _ in range(50) if port_of(url := sent_to(site, on_air.room_id)) == far.port
        )
        with Viewer(site, on_air.room_id, url=url) as viewer:
            viewer.see(25)
            times = viewer.times()
            assert times == sorted(times)

            on_air.end()

            assert viewer.end() == "whole"


def test_who_may_not_go_on_is_sent_away_and_others_stay(
    site: Site, on_air: Streamer, edges: list[Edge]
) -> None:
    console = Console(site)
    try:
        made = console.ask("person", "leaving_edge", 3600)
        wait_for_all(site, on_air.room_id, edges)
        cookie = f"sessionid={made['session']}"
        url = sent_to(site, on_air.room_id, Cookie=cookie)
        with (
            Viewer(site, on_air.room_id, url=url) as leaving,
            Viewer(site, on_air.room_id, url=sent_to(site, on_air.room_id)) as staying,
        ):
            leaving.see(10)
            staying.see(10)

            console.ask("sign_out", "leaving_edge")

            assert leaving.end() == "whole"
            staying.see(10)
            assert staying.is_watching
    finally:
        console.close()


def test_an_edge_that_stops_lets_its_viewers_go_and_gets_no_more(
    site: Site, on_air: Streamer, edges: list[Edge]
) -> None:
    wait_for_all(site, on_air.room_id, edges)
    stopping, other = edges
    url = next(
        url for _ in range(50) if port_of(url := sent_to(site, on_air.room_id)) == stopping.port
    )
    with Viewer(site, on_air.room_id, url=url) as viewer:
        viewer.see(10)

        stopping.program.stop()

        assert viewer.end() == "whole"
        assert port_of(sent_to(site, on_air.room_id)) == other.port
    assert "ticket" not in stopping.program.log.read_text()


def test_without_edges_the_site_serves_viewers_itself(site: Site, on_air: Streamer) -> None:
    wait_until(lambda: sent_to(site, on_air.room_id) == "", what="the site to do it itself")

    with Viewer(site, on_air.room_id) as viewer:
        viewer.see(10)


@pytest.mark.parametrize("query", ["", "?ticket=nonsense", "?ticket=a&ticket=b"])
def test_nobody_watches_at_an_edge_without_a_ticket(
    site: Site, edges: list[Edge], query: str
) -> None:
    url = f"{edges[0].url}{PREFIX}abcdef.flv{query}"
    request = urllib.request.Request(url, headers={"Accept-Language": "en"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)

    assert refused.value.code == 403
    assert json.load(refused.value) == {
        "code": "bad-ticket",
        "message": "Please open the stream from its page.",
    }


def test_only_the_sites_pages_may_read_an_edge(site: Site, edges: list[Edge]) -> None:
    url = f"{edges[0].url}{PREFIX}abcdef.flv"

    asked = {
        origin: requests.options(url, headers={"Origin": origin}, timeout=10).headers.get(
            "Access-Control-Allow-Origin"
        )
        for origin in (site.url, "https://evil.example.org")
    }

    assert asked == {site.url: site.url, "https://evil.example.org": None}
