"""What edges say of themselves: how they do, whom they serve, and in their logs."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
import requests

from streams.flv_endpoint import PREFIX
from tests.servers.edge import Edge
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.edges.tree import health, port_of, wait_for_all
from tests.system.figures import collect
from tests.system.moving import sent_to
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


def test_an_edge_counts_whom_it_serves_and_whom_it_sends_away(
    site: Site, on_air: Streamer, ports: list[int]
) -> None:
    near = Edge(site.data, ports[0], site.url)
    far = Edge(site.data, ports[2], site.url, upstream=near.url)
    with near, far:
        wait_for_all(site, on_air.room_id, [near, far])
        urls = [sent_to(site, on_air.room_id) for _ in range(6)]
        with ExitStack() as stack:
            for url in urls:
                viewer = stack.enter_context(Viewer(site, on_air.room_id, url=url))
                viewer.see(10)
            requests.get(f"{near.url}{PREFIX}abcdef.flv", timeout=10)
            here, there = collect(near.url), collect(far.url)
        wait_until(
            lambda: collect(far.url)["streair_edge_viewers",] == 0, what="nobody to be there"
        )
        after = collect(far.url)

    at_far = sum(port_of(url) == far.port for url in urls)
    assert 0 < at_far < 6
    assert there["streair_edge_viewers",] == there["streair_flv_streams",] == at_far
    assert here["streair_edge_viewers",] == 6 - at_far
    assert here["streair_flv_streams",] == 6 - at_far + 1, "one of them is the far edge"
    assert here["streair_relay_rooms",] == there["streair_relay_rooms",] == 1
    assert here["streair_edge_refusals_total", "bad-ticket"] == 1
    assert there["streair_edge_refusals_total", "bad-ticket"] == 0
    assert there["streair_flv_bytes_total",] > 10_000
    assert there["streair_relay_received_bytes_total",] > 10_000
    assert there["streair_edge_beats_total", "accepted"] > 0
    assert after["streair_flv_bytes_total",] >= there["streair_flv_bytes_total",]
    assert after["streair_flv_streams_closed_total", "left"] == at_far


def test_an_edge_says_when_its_site_is_away_and_is_well_again_when_it_is_back(
    site: Site, edges: list[Edge]
) -> None:
    edge = edges[0]
    well = (200, {"origin": "ok", "beats": "ok"})
    wait_until(lambda: health(edge) == well, what="the edge to be well")

    site.web.stop()
    try:
        # That is what is promised of every fault: five seconds.
        wait_until(
            lambda: health(edge) == (503, {"origin": "down", "beats": "down"}),
            timeout=6,
            what="the edge to notice",
        )
        assert requests.get(f"{edge.url}/health/live", timeout=10).status_code == 200
        assert collect(edge.url)["streair_component_up", "edge-origin"] == 0
        assert collect(edge.url)["streair_edge_beats_total", "failed"] > 0
    finally:
        site.web.start()
        site.wait_until_ready()

    wait_until(lambda: health(edge) == well, what="the edge to be well again")


def test_an_edge_with_another_secret_is_not_known_to_the_site(site: Site, ports: list[int]) -> None:
    with Edge(
        site.data, ports[2], site.url, secret="another-site-and-its-edges-share-2d8e1a"
    ) as stranger:
        wait_until(
            lambda: health(stranger) == (200, {"origin": "ok", "beats": "down"}),
            what="the stranger to be refused",
        )

        assert collect(stranger.url)["streair_edge_beats_total", "refused"] > 0


def test_an_edge_logs_for_programs_as_the_site_does(edges: list[Edge]) -> None:
    lines = [json.loads(line) for line in edges[0].program.output().splitlines()]

    assert {"time", "level", "logger", "message", "process"} <= set.intersection(*map(set, lines))
    # The server's own lines, too, which would have handlers of their own.
    assert any(line["logger"].startswith("uvicorn") for line in lines)
