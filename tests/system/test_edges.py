"""Edges without a database: a tree of them between a site and its viewers."""

from __future__ import annotations

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from urllib.parse import urlsplit

import pytest
import requests

from streams.flv_endpoint import PREFIX
from tests.servers.edge import SECRET, Edge
from tests.servers.process import free_port, wait_until
from tests.servers.site import Site, running_site
from tests.system.figures import collect
from tests.system.moving import MovingViewer, sent_to
from tests.system.streamer import Console, Streamer, streamers
from tests.system.viewer import Viewer

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

PROMISED_SECONDS = 5.0


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


@pytest.fixture(scope="module")
def make_streamer(site: Site) -> Iterator[Callable[[], Streamer]]:
    with streamers(site) as make:
        yield make


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


def port_of(url: str) -> int | None:
    return urlsplit(url).port


def wait_for_all(site: Site, room: str, edges: list[Edge]) -> None:
    """Return once the site sends viewers to each of these, and to nobody else."""
    expected = {edge.port for edge in edges}

    def known() -> bool:
        return {port_of(sent_to(site, room)) for _ in range(6)} == expected

    wait_until(known, what=f"viewers at {expected}")


def test_viewers_of_a_killed_edge_have_pictures_from_the_other_within_five_seconds(
    site: Site, on_air: Streamer, edges: list[Edge]
) -> None:
    room = on_air.room_id
    wait_for_all(site, room, edges)
    with watching(site, room, 8) as viewers:
        doomed, other = edges
        lost = [viewer for viewer in viewers if viewer.port == doomed.port]
        others = [viewer for viewer in viewers if viewer not in lost]
        assert {viewer.port for viewer in others} == {other.port}
        assert len(lost) == 4

        killed = time.monotonic()
        doomed.program.kill()

        wait_for_pictures(lost, killed)
        assert {viewer.port for viewer in lost} == {other.port}
        assert all(len(viewer.visits) == 1 for viewer in others)
        assert max(viewer.away(killed) for viewer in others) < 1, "they notice nothing"


def test_viewers_of_the_only_edge_come_to_the_site_within_five_seconds(
    site: Site, on_air: Streamer, ports: list[int]
) -> None:
    with Edge(site.data, ports[0], site.url) as edge:
        wait_for_all(site, on_air.room_id, [edge])
        with watching(site, on_air.room_id, 4) as viewers:
            assert {viewer.port for viewer in viewers} == {edge.port}

            killed = time.monotonic()
            edge.program.kill()

            wait_for_pictures(viewers, killed)
            assert {viewer.port for viewer in viewers} == {site.addresses.port}


def test_viewers_of_an_edge_whose_upstream_is_killed_have_pictures_within_five_seconds(
    site: Site, on_air: Streamer, make_streamer: Callable[[], Streamer], ports: list[int]
) -> None:
    near = Edge(site.data, ports[0], site.url)
    far = Edge(site.data, ports[2], site.url, upstream=near.url)
    with near, far:
        wait_for_all(site, on_air.room_id, [near, far])
        with watching(site, on_air.room_id, 6) as viewers:
            at_far = [viewer for viewer in viewers if viewer.port == far.port]
            at_near = [viewer for viewer in viewers if viewer.port == near.port]
            assert (len(at_far), len(at_near)) == (3, 3)

            killed = time.monotonic()
            near.program.kill()

            wait_for_pictures(viewers, killed)
            assert all(len(viewer.visits) == 1 for viewer in at_far), "they stay where they are"
            assert {viewer.port for viewer in at_near} == {far.port}
            parts = {"origin": "ok", "beats": "ok", "upstream": "down"}
            wait_until(lambda: health(far) == (200, parts), timeout=6, what="the edge to notice")
            assert collect(far.url)["streair_component_up", "edge-upstream"] == 0

            # What nobody watched there before is read at the site, too.
            another = make_streamer()
            another.publish()
            another.wait_for("live")
            url = sent_to(site, another.room_id)
            assert port_of(url) == far.port
            with Viewer(site, another.room_id, url=url) as viewer:
                viewer.see(10)

        near.program.start()
        well = {"origin": "ok", "beats": "ok", "upstream": "ok"}
        wait_until(lambda: health(far) == (200, well), what="the upstream to be back")


@contextmanager
def watching(site: Site, room: str, count: int) -> Iterator[list[MovingViewer]]:
    """Have so many people watch."""
    with ExitStack() as stack:
        viewers = []
        for _ in range(count):
            viewers.append(stack.enter_context(MovingViewer(site, room)))
            # One by one, so that each is counted before the next one comes.
            wait_until(partial(viewers[-1].has_pictures_since, 0), timeout=20, what="pictures")
        yield viewers


def wait_for_pictures(viewers: list[MovingViewer], killed: float) -> None:
    """Return once all go on watching; fail if that takes somebody more than the five seconds that are promised."""
    deadline = killed + PROMISED_SECONDS

    def go_on() -> bool:
        return all(viewer.has_pictures_since(deadline) for viewer in viewers)

    wait_until(go_on, timeout=PROMISED_SECONDS + 30, what="everybody to have pictures again")
    away = [viewer.away(killed) for viewer in viewers]
    logger.info("Away for %s s.", ", ".join(f"{each:.1f}" for each in sorted(away)))
    assert max(away) < PROMISED_SECONDS


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


def health(edge: Edge) -> tuple[int, dict[str, str]]:
    """Return how an edge says that it does: the status, and its parts."""
    answer = requests.get(f"{edge.url}/health", timeout=10)
    return answer.status_code, answer.json()["parts"]


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


def test_an_edge_logs_for_programs_as_the_site_does(edges: list[Edge]) -> None:
    lines = [json.loads(line) for line in edges[0].program.output().splitlines()]

    assert {"time", "level", "logger", "message", "process"} <= set.intersection(*map(set, lines))
    # The server's own lines, too, which would have handlers of their own.
    assert any(line["logger"].startswith("uvicorn") for line in lines)
