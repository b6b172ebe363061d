"""Any part may be killed while people watch: they go on, or find everything again at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.servers.process import wait_until
from tests.servers.site import Site, running_site
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

FPS = 30


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site that nobody else suffers with."""
    with running_site() as running:
        yield running


@pytest.fixture(autouse=True)
def _everything_runs_again(site: Site) -> Iterator[None]:
    yield
    for part in site.parts:
        if not part.is_running():
            part.start()
    site.wait_until_ready()


def web_worker(site: Site) -> int:
    """Return the process that serves; its master only watches it."""
    [worker] = [pid for pid in site.web.pids() if pid != site.web.pid]
    return worker


def test_when_the_site_is_killed_the_encoder_stays_and_viewers_come_back(
    site: Site, streamer: Streamer, tmp_path: Path
) -> None:
    encoder = streamer.publish()
    before = streamer.wait_for("live")
    with Viewer(site, streamer.room_id) as first:
        first.see(FPS)

        site.web.kill()

        assert first.end() == "cut"
        site.web.start()
        site.wait_until_ready()
        with Viewer(site, streamer.room_id) as again:
            # No GOP is left from before: at most until the next keyframe.
            again.see(2 * FPS)
            assert again.pictures[0].is_keyframe
            assert again.decode(tmp_path).complaints == ""
    assert encoder.is_running()
    seen = streamer.look()
    assert (seen["state"], seen["sessions"]) == ("live", before["sessions"])
    assert [broadcast[3] for broadcast in seen["broadcasts"]] == [0]


def test_a_killed_web_worker_is_replaced_at_once(site: Site, streamer: Streamer) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    with Viewer(site, streamer.room_id) as first:
        first.see(FPS)
        killed = web_worker(site)

        os.kill(killed, signal.SIGKILL)

        assert first.end() == "cut"
        wait_until(
            lambda: site.web.is_running() and killed not in site.web.pids() and site.web.pids()[1:],
            timeout=10,
            what="another worker",
        )
        site.wait_until_ready()
        with Viewer(site, streamer.room_id) as again:
            again.see(FPS)
    assert encoder.is_running()
    assert streamer.look()["state"] == "live"


def test_viewers_notice_nothing_of_a_killed_background_worker(
    site: Site, streamer: Streamer
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    with Viewer(site, streamer.room_id) as viewer:
        viewer.see(FPS)
        site.worker.kill()
        viewer.see(2 * FPS)
        # What it would have found out is found out when it is back.
        encoder.kill()
        streamer.wait_for("reconnecting")
        streamer.publish()
        viewer.see(2 * FPS)

        site.worker.start()

        viewer.see(2 * FPS)
        assert viewer.is_watching
        assert streamer.look()["state"] == "live"


@pytest.mark.parametrize("which", [0, -1], ids=["master", "worker process"])
def test_viewers_go_on_after_nginx_was_killed_and_the_encoder_is_back(
    site: Site, streamer: Streamer, tmp_path: Path, which: int
) -> None:
    encoder = streamer.publish()
    [lost] = streamer.wait_for("live")["sessions"]
    with Viewer(site, streamer.room_id) as viewer:
        viewer.see(FPS)

        os.kill(site.nginx_pids()[which], signal.SIGKILL)

        # OBS would try again by itself.
        encoder.wait(15)
        site.wait_until_ready()
        streamer.wait_for("reconnecting")
        streamer.publish()
        [session] = streamer.wait_for("live")["sessions"]
        assert session != lost
        viewer.see(2 * FPS)
        assert viewer.is_watching
        times = viewer.times()
        assert all(before <= after for before, after in pairwise(times))
        assert viewer.decode(tmp_path).complaints == ""


def test_sigterm_ends_open_streams_properly_and_the_site_exits_in_time(
    site: Site, streamer: Streamer
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    with (
        Viewer(site, streamer.room_id) as one,
        Viewer(site, streamer.room_id) as two,
        Viewer(site, streamer.room_id, slow=True),
    ):
        one.see(FPS)
        two.see(FPS)

        site.web.signal(signal.SIGTERM)

        assert [one.end(timeout=5), two.end(timeout=5)] == ["whole", "whole"]
        # Five seconds, and time for a busy machine to take an interpreter apart.
        assert site.web.wait(9) == 0
    assert encoder.is_running()
    assert "Traceback" not in site.web.output()
