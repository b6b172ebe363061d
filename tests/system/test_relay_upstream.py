"""What a room costs: one upstream, no database; and upstreams of another maker's, over HTTP."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest

from tests.servers.media_server import MediaServer
from tests.servers.process import Program, wait_until
from tests.servers.site import Site
from tests.system.streamer import Streamer, streamers
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

FPS = 30
CROWD = 30


def players(site: Site, session: str) -> int:
    """Return how many connections read a stream from the sidecar."""
    with urllib.request.urlopen(f"{site.sidecar_url}/stat", timeout=5) as answer:
        root = ElementTree.fromstring(answer.read())  # noqa: S314 - our own sidecar's.
    streams = [found for found in root.iter("stream") if found.findtext("name") == session]
    clients = [client for found in streams for client in found.iterfind("client")]
    return sum(client.find("publishing") is None for client in clients)


def database_connections(site: Site) -> int:
    """Return how many connections to the site's database are open, its own console's included."""
    url = site.env["DATABASE_URL"]
    if not url:
        return sum(map(_open_databases, site.web.pids()))
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None, "count(*) always answers"
    return int(row[0])


def _open_databases(pid: int) -> int:
    """Return how often a process has the SQLite file open."""
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += entry.readlink().suffix == ".sqlite3"
        except OSError:  # It was closed while we looked.
            continue
    return count


def test_a_crowd_shares_one_upstream_and_holds_no_database_connection(streamer: Streamer) -> None:
    site = streamer.site
    streamer.publish()
    [session] = streamer.wait_for("live")["sessions"]

    with ExitStack() as stack:
        crowd = [stack.enter_context(Viewer(site, streamer.room_id)) for _ in range(CROWD)]
        for viewer in crowd:
            viewer.have(FPS, timeout=40)

        assert players(site, session) == 1
        # A pool keeps as many as there were questions at a time, 20 at most: with one each, some had no picture.
        wait_until(
            lambda: database_connections(site) < CROWD,
            timeout=10,
            what="the connections to be given back",
        )
        assert all(viewer.is_watching for viewer in crowd)
    # Thirty seconds later nothing is left of them but what the encoder itself costs.
    assert players(site, session) == 1
    wait_until(lambda: players(site, session) == 0, timeout=60, what="the upstream to be closed")
    assert streamer.look()["state"] == "live"

    with Viewer(site, streamer.room_id) as viewer:
        viewer.see(FPS)
        assert viewer.pictures[0].is_keyframe


def test_an_upstream_by_http_is_played_like_any_other(
    start_site: Callable[..., Site],
    media_server: MediaServer,
    publish: Callable[..., Program],
    tmp_path: Path,
) -> None:
    site = start_site(RTMP_SERVER_URL=media_server.http_url)
    with streamers(site) as make:
        streamer = make()
        # Our own sidecar says who publishes, and under which name; the pictures are over there.
        streamer.publish()
        [session] = streamer.wait_until(lambda seen: bool(seen["sessions"]))["sessions"]
        encoder = publish(f"{media_server.rtmp_url}/{session}")
        streamer.wait_for("live")

        with Viewer(site, streamer.room_id) as one, Viewer(site, streamer.room_id) as two:
            for viewer in (one, two):
                viewer.see(2 * FPS)
            assert players(site, session) == 0
            encoder.kill()
            encoder.start()
            for viewer in (one, two):
                viewer.see(4 * FPS, timeout=30)

                assert viewer.is_watching
                decoded = viewer.decode(tmp_path)
                assert decoded.complaints == ""
                assert len(decoded.times) >= 5 * FPS
                assert decoded.sounds > 200
