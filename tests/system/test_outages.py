"""Any part may be killed at any moment: ghosts are gone, and the living found, within 15 s."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.processes import command_line
from tests.servers.process import Program, answers, wait_until
from tests.servers.site import Site, running_site
from tests.system.streamer import Streamer

pytestmark = pytest.mark.system


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


def nginx(site: Site) -> list[int]:
    """Return the sidecar's master and worker, in this order."""
    home = site.data / "sidecar"
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if entry.joinpath("cwd").readlink() == home and "nginx" in command_line(
                    int(entry.name)
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
    return sorted(found)


def test_a_publisher_stays_while_django_is_dead(site: Site, streamer: Streamer) -> None:
    encoder = streamer.publish()
    [session] = streamer.wait_for("live")["sessions"]
    site.web.kill()

    # Longer than the ten seconds between two updates.
    deadline = time.monotonic() + 13
    wait_until(lambda: time.monotonic() > deadline, timeout=20)

    assert encoder.is_running()
    assert streamer.publish().wait(10) != 0
    site.web.start()
    site.wait_until_ready()
    assert streamer.look()["sessions"] == [session]
    assert streamer.look()["state"] == "live"


def test_a_publisher_that_left_while_django_was_dead_is_no_ghost(
    site: Site, streamer: Streamer
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    site.web.kill()

    encoder.kill()

    streamer.wait_for("reconnecting", timeout=15)


def test_a_publisher_that_left_while_django_and_worker_were_dead_is_no_ghost(
    site: Site, streamer: Streamer
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    site.web.kill()
    site.worker.kill()
    encoder.kill()

    site.worker.start()

    streamer.wait_for("reconnecting", timeout=15)


@pytest.mark.parametrize("which", [0, 1], ids=["master", "worker process"])
def test_nginx_is_back_within_a_second_and_has_no_ghosts(
    site: Site, streamer: Streamer, which: int
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    before = nginx(site)

    os.kill(before[which], signal.SIGKILL)

    # It still answers for a moment when it is the old worker that outlives its master.
    wait_until(lambda: len(nginx(site)) == 2 and nginx(site) != before, timeout=2, every=0.01)
    wait_until(lambda: answers(site.addresses.rtmp_port), timeout=1, every=0.01)
    assert encoder.wait(10) != 0
    streamer.wait_for("reconnecting", timeout=15)
    streamer.publish()
    assert len(streamer.wait_for("live")["sessions"]) == 1


def test_an_nginx_that_hangs_is_replaced(site: Site, streamer: Streamer) -> None:
    before = nginx(site)

    os.kill(before[1], signal.SIGSTOP)

    # Three silent checks, each three seconds apart.
    wait_until(lambda: len(set(nginx(site)) - set(before)) == 2, timeout=30)
    streamer.publish()
    streamer.wait_for("live")


def test_a_killed_supervisor_leaves_no_nginx_behind(site: Site, streamer: Streamer) -> None:
    streamer.publish()
    streamer.wait_for("live")

    site.sidecar.kill()

    wait_until(lambda: not nginx(site), timeout=2)
    site.sidecar.start().wait_for_port(site.addresses.rtmp_port)
    streamer.wait_for("reconnecting", timeout=15)
    streamer.publish()
    streamer.wait_for("live")


def test_a_sidecar_that_stays_away_has_nobody(site: Site, streamer: Streamer) -> None:
    streamer.publish()
    streamer.wait_for("live")

    site.sidecar.stop()

    streamer.wait_for("reconnecting", timeout=15)


def test_somebody_who_was_thought_lost_is_found_again(streamer: Streamer) -> None:
    streamer.publish()
    [session] = streamer.wait_for("live")["sessions"]

    streamer.lose_everybody()

    seen = streamer.wait_until(
        lambda seen: seen["state"] == "live" and seen["broadcasts"][0][3] == 1
    )
    assert seen["sessions"] == [session]


def test_sigterm_stops_the_sidecar_at_once(site: Site) -> None:
    site.sidecar.signal(signal.SIGTERM)

    assert site.sidecar.wait(10) == 0
    assert nginx(site) == []


def test_sigterm_stops_the_worker_at_once(site: Site) -> None:
    site.worker.signal(signal.SIGTERM)

    assert site.worker.wait(10) == 0


def test_a_taken_port_is_one_clear_line(site: Site, tmp_path: Path) -> None:
    second = Program(
        "second sidecar",
        site.sidecar.args,
        log=tmp_path / "second.log",
        cwd=Path(__file__).resolve().parent.parent.parent,
        env={**site.env, "DATA_DIR": str(tmp_path), "STREAIR_RUN": str(tmp_path)},
    )
    with second:
        assert second.wait(15) == 1

    [line] = second.output().splitlines()
    assert f"Port {site.addresses.rtmp_port} cannot be used" in line
    assert "RTMP_PORT" in line
    assert len(nginx(site)) == 2
