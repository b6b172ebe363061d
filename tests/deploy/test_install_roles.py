"""deploy/install --role on a fresh Debian 12 under its own systemd, beside a site; takes minutes, so it runs on request:

pytest -m load tests/deploy/test_install_roles.py      as root, with debootstrap; ports 1935, 3100, 11935 … free
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from streams.flv_endpoint import PREFIX
from tests.servers.debian import Debian, fresh_debian
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.process import Program, ServerError, answers, wait_until
from tests.servers.second_machine import at
from tests.servers.site import Site, running_site
from tests.system.streamer import Streamer, streamers
from tests.system.viewer import Viewer

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.load, pytest.mark.timeout(1800)]

EDGE_SECRET = "between-site-and-edges-" * 2
EDGE_URL = "http://127.0.0.1:3100"
# Addresses that are this machine's, and not the one on which everything is let in.
NODE, FIRST, APP = "127.0.0.2", "127.0.0.3", "127.0.0.5"
TOKEN = "a-token-of-a-prometheus"
PASS_ON = "/lib/systemd/systemd-socket-proxyd"
NODES = f"main,hanoi=rtmp://127.0.0.1:1935/live|rtmp://127.0.0.1:1935/live|http://{NODE}:11935"
PORTS = (1935, 3100, 3011, 3021, 11935, 21935)
INSTALL_SECONDS = 900


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    taken = [port for port in PORTS if answers(port)]
    assert taken == [], "the machines share this one's network"
    with running_site(INGEST_NODES=NODES, EDGES=EDGE_URL, EDGE_SECRET=EDGE_SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def make_streamer(site: Site) -> Iterator[Callable[[], Streamer]]:
    with streamers(site) as make:
        yield make


@pytest.fixture
def machine() -> Iterator[Debian]:
    with fresh_debian() as debian:
        take(debian, "first")
        yield debian


def take(machine: Debian, version: str) -> None:
    """Bring what is here as a release of this name."""
    machine.take(f"root/{version}")
    (machine.root / f"root/{version}/COMMIT").write_text(version)


def install(machine: Debian, role: str, *args: str, folder: str = "root/first") -> str:
    begun = time.monotonic()
    command = ["sh", f"/{folder}/deploy/install", "--role", role, *args]
    said = machine.run(*command, seconds=INSTALL_SECONDS)
    logger.info("%s: %.0f s.", role, time.monotonic() - begun)
    return said


def health(machine: Debian, port: int) -> dict[str, str]:
    return dict(json.loads(machine.run("curl", "-s", f"http://127.0.0.1:{port}/health"))["parts"])


def main_pid(machine: Debian, unit: str) -> int:
    return int(machine.run("systemctl", "show", "--property=MainPID", "--value", unit))


def as_streair(machine: Debian, command: str) -> str:
    line = f"cd /opt/streair/current && runuser -u streair -- env LC_ALL=en_US.UTF-8 {command}"
    return machine.run("sh", "-c", line)


def is_private(machine: Debian) -> bool:
    told = machine.run("stat", "-c", "%a %U %G", "/etc/streair/env").split()
    return told == ["640", "root", "streair"]


def write(machine: Debian, lines: list[str]) -> str:
    """Put a file of settings there; return its name."""
    (machine.root / "root/given").write_text("\n".join(lines))
    return "/root/given"


def test_an_ingest_node_is_installed_and_updated(
    machine: Debian, site: Site, make_streamer: Callable[[], Streamer]
) -> None:
    name, _, secret = site.manage("ingest_node", "hanoi").split()
    lines = [name, f"INGEST_SITE={site.url}", f"INGEST_HOST={NODE}", "INGEST_ALLOW=127.0.0.1"]
    with pytest.raises(ServerError, match="INGEST_SECRET is missing: one of the three lines"):
        install(machine, "ingest", "--settings", write(machine, lines))
    assert not (machine.root / "opt/streair").exists()

    said = install(machine, "ingest", "--settings", write(machine, [*lines, secret]))

    assert "✗" not in said
    assert health(machine, 21935) == {"rtmp": "ok", "hooks": "ok", "disk": "ok"}
    assert is_private(machine)
    streamer = make_streamer()
    streamer.publish(server="rtmp://127.0.0.1:1935/live")
    assert streamer.wait_for("live")["nodes"] == ["hanoi"]
    with Viewer(site, streamer.room_id) as viewer:
        viewer.see(25)
        before = main_pid(machine, "streair-ingest")

        # Nobody who streams is dropped by an update.
        assert "Running as before" in install(machine, "ingest")
        take(machine, "second")
        assert "systemctl restart streair-ingest" in install(
            machine, "ingest", folder="root/second"
        )

        assert main_pid(machine, "streair-ingest") == before
        assert streamer.look()["state"] == "live"
        assert viewer.is_watching
    machine.run("systemctl", "restart", "streair-ingest")
    wait_until(lambda: "✗" not in look(machine), timeout=20, what="the node")
    assert "Running as before" in install(machine, "ingest", folder="root/second")
    assert_it_is_no_site(machine, "an ingest node")


def sent_to(site: Site, room: str) -> str:
    """Return where a viewer is sent."""
    url = f"{site.url}{PREFIX}{room}.flv"
    with requests.get(url, stream=True, allow_redirects=False, timeout=10) as answer:
        return answer.headers["Location"]


def test_an_edge_is_installed_and_shows_streams(
    machine: Debian, site: Site, make_streamer: Callable[[], Streamer]
) -> None:
    lines = [f"EDGE_SITE={site.url}", f"EDGE_URL={EDGE_URL}"]
    with pytest.raises(ServerError, match="EDGE_SECRET is missing: the site's own"):
        install(machine, "edge", "--settings", write(machine, lines))

    said = install(
        machine, "edge", "--settings", write(machine, [*lines, f"EDGE_SECRET={EDGE_SECRET}"])
    )

    assert "✗" not in said
    assert health(machine, 3100) == {"origin": "ok", "beats": "ok"}
    assert is_private(machine)
    streamer = make_streamer()
    streamer.publish()
    streamer.wait_for("live")
    with Viewer(site, streamer.room_id, url=sent_to(site, streamer.room_id)) as viewer:
        viewer.see(25)
        told = machine.run("curl", "-s", "http://127.0.0.1:3100/metrics")
        assert "streair_edge_viewers 1.0" in told
        before = main_pid(machine, "streair-edge")
        assert "Running as before" in install(machine, "edge")
        assert main_pid(machine, "streair-edge") == before
        assert viewer.is_watching
    # No web server and no database came along.
    assert not any((machine.root / each).exists() for each in ("usr/sbin/nginx", "usr/bin/psql"))
    with pytest.raises(ServerError, match="this machine is set up as edge"):
        install(machine, "ingest")
    assert_it_is_no_site(machine, "an edge")


def test_an_app_machine_joins_a_site(machine: Debian) -> None:
    more = {"FRONT_MORE_WEB": f"{APP}:3011", "FRONT_MORE_REALTIME": f"{APP}:3021"}
    with fronted_site(also=FIRST, METRICS_TOKEN=TOKEN, **more) as site, control_door(site):
        given = write(machine, app_settings(site))
        with pytest.raises(ServerError, match="mount the first machine's /var/lib/streair/media"):
            install(machine, "app", "--settings", given)
        (machine.root / "etc/hosts").write_text("127.0.0.1 localhost\n")
        machine.run("mkdir", "-p", "/var/lib/streair/media")
        machine.run("mount", "-t", "tmpfs", "media", "/var/lib/streair/media")
        machine.run("chown", "991:992", "/var/lib/streair/media")

        said = install(machine, "app", "--settings", given)

        assert f"FRONT_MORE_WEB={APP}:3011" in said
        assert is_private(machine)
        assert machine.run("id", "-u", "streair").strip() == "991"
        found = wait_until(lambda: doctor(machine), timeout=30, what="the doctor to be content")
        assert "On other machines" in found
        assert_both_are_asked(machine, site)
        with streamers(site) as make:
            streamer = make()
            streamer.publish()
            streamer.wait_for("live")
            door = (APP, 3021, None)
            with Viewer(site, streamer.room_id, door=door) as viewer:
                viewer.see(25)
                before = main_pid(machine, "streair-realtime@1")
                assert "Running as before" in install(machine, "app")
                assert main_pid(machine, "streair-realtime@1") == before
                assert viewer.is_watching

        take(machine, "second")
        install(machine, "app", folder="root/second")
        assert main_pid(machine, "streair-realtime@1") != before
        wait_until(lambda: is_ready(machine), timeout=30, what="the newer version")
    # Neither database nor web server came along.
    assert not any((machine.root / each).exists() for each in ("usr/sbin/nginx", "usr/bin/psql"))


@contextmanager
def control_door(site: FrontedSite) -> Iterator[None]:
    """What docs/deployment.md sets up on the first machine."""
    args = ["systemd-socket-activate", "-l", f"{FIRST}:11937", PASS_ON]
    command = [*args, f"127.0.0.1:{site.addresses.sidecar_port}"]
    with Program("door", command, log=site.data / "log/door.log"):
        yield


def app_settings(site: FrontedSite) -> list[str]:
    """The first machine's settings, changed as docs/deployment.md says."""
    names = ("SECRET_KEY", "JWT_SECRET", "HOOK_SECRET", "REDIS_KEY_PREFIX")
    secrets = {name: os.environ[name] for name in names}
    left_out = ("DATA_DIR", "DJANGO_SETTINGS_MODULE", "PORT", "STREAIR_RUN", "FRONT_")
    kept = {name: text for name, text in site.env.items() if not name.startswith(left_out)}
    changed = {
        "CLIENT_URL": site.url,
        "BIND_HOST": APP,
        "DATABASE_URL": at(site.env["DATABASE_URL"], FIRST, "streair"),
        "REDIS_URL": at(site.env["REDIS_URL"], FIRST, ""),
        "RTMP_SERVER_URL": f"rtmp://{FIRST}:{site.addresses.rtmp_port}/live",
        "TRUSTED_PROXIES": f"127.0.0.1,::1,{FIRST}",
        "ALLOWED_HOSTS": f"localhost,{APP}",
        # Where the door to the first machine's RTMP server is; all are on one network here.
        "RTMP_PORT": "1935",
        "SIDECAR_PORT": "11935",
    }
    return [f"{name}={text}" for name, text in {**secrets, **kept, **changed}.items()]


def doctor(machine: Debian) -> str:
    """Return what it says once nothing is wrong; nothing before."""
    try:
        return as_streair(machine, ".venv/bin/python manage.py doctor")
    except ServerError as exc:
        logger.info("%s", exc)
        return ""


def is_ready(machine: Debian) -> bool:
    command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
    return (
        machine.run("sh", "-c", f"{shlex.join(command)} http://{APP}:3021/health/ready; true")
        == "200"
    )


def assert_both_are_asked(machine: Debian, site: FrontedSite) -> None:
    """The front sends every other request to the app machine."""
    name = 'streair_request_seconds_count{route="home",status="2xx"}'

    def answered() -> float:
        ask = ["curl", "-s", "-H", f"Authorization: Bearer {TOKEN}", f"http://{APP}:3021/metrics"]
        lines = machine.run(*ask).splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    assert [site.ask("/").status_code for _ in range(10)] == [200] * 10
    wait_until(lambda: answered() >= 3, what="pages from the app machine")


def look(machine: Debian) -> str:
    try:
        return as_streair(machine, ".venv/bin/python -m deploy.outpost")
    except ServerError as exc:
        return str(exc)


def assert_it_is_no_site(machine: Debian, what: str) -> None:
    assert f"This is {what}" in look(machine)
    with pytest.raises(ServerError, match=f"This machine is {what}"):
        as_streair(machine, ".venv/bin/python manage.py doctor")
    settings = Path(machine.root / "etc/streair/env").read_text()
    assert "SECRET_KEY" not in settings
    assert "DATABASE_URL" not in settings
