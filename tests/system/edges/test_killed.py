"""Edges that are killed: whoever watched there has pictures again within five seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest

from tests.servers.edge import Edge
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.edges.tree import PROMISED_SECONDS, health, port_of, wait_for_all
from tests.system.figures import collect
from tests.system.moving import MovingViewer, sent_to
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


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
        # How many each has depends on what the edges had said by then.
        assert lost
        assert others

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
            assert len(at_far) + len(at_near) == 6
            assert at_far
            assert at_near

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
