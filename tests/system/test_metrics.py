"""`/metrics` of a running site of two web processes: the same from whichever answers, right when one dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.load import usage
from tests.servers.databases import redis_server
from tests.servers.process import wait_until
from tests.servers.site import Site, running_site
from tests.system.crowd import Watcher, crowd
from tests.system.figures import Numbers, collect
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with redis_server() as (_redis, url), running_site(REDIS_URL=url, WEB_WORKERS="2") as running:
        yield running


def see(site: Site, **expected: float) -> Numbers:
    """Return the numbers once those named by their only label, or by none, are these."""
    found: Numbers = {}

    def is_so() -> bool:
        found.clear()
        found.update(collect(site.url))
        return all(found.get((name,)) == number for name, number in expected.items())

    wait_until(is_so, timeout=20, what=f"{expected}, not {found}", every=0.3)
    return found


async def test_two_processes_are_one_and_a_dead_one_takes_nothing_along(
    site: Site, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    streamer.publish()
    await asyncio.to_thread(streamer.wait_for, "live")
    pages = [Watcher(site, streamer.room_id, f"Browser {number}") for number in range(12)]

    async with crowd() as gathered:
        await gathered.come(*pages)
        with Viewer(site, streamer.room_id) as one, Viewer(site, streamer.room_id) as two:
            for viewer in (one, two):
                await asyncio.to_thread(viewer.see, 30)
            found = await asyncio.to_thread(see, site, streair_sockets=12, streair_flv_streams=2)

            assert found["streair_rooms", "live"] == 1
            assert found["streair_processes", "web"] == 2
            assert found["streair_processes", "worker"] == 1
            assert found["streair_processes", "sidecar"] == 1
            assert found["streair_hook_decisions_total", "admitted", "publish", "main"] == 1
            assert found["streair_room_streams", streamer.room_id] == 2
            assert found["streair_room_ingest_age_seconds", streamer.room_id] < 3
            assert found["streair_flv_bytes_total",] > 10_000
            assert found["streair_job_runs_total", "reconcile", "done"] > 0

        before = await asyncio.to_thread(see, site, streair_flv_streams=0)
        _master, *workers = usage.tree(site.web.pid)
        os.kill(workers[0], signal.SIGKILL)
        starts = ("streair_process_starts_total", "web")

        def is_back() -> bool:
            # Who comes to the dying one is hung up on.
            with contextlib.suppress(requests.ConnectionError):
                return collect(site.url).get(starts) == before[starts] + 1
            return False

        await asyncio.to_thread(wait_until, is_back, timeout=20)
        after = await asyncio.to_thread(collect, site.url)

    fallen = {
        key: (number, after.get(key))
        for key, number in before.items()
        if key[0].endswith(("_total", "_count", "_bucket", "_sum")) and after.get(key, 0) < number
    }
    assert fallen == {}
    assert after["streair_processes", "web"] == 2
