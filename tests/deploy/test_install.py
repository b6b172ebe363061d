"""deploy/install on a fresh Debian 12 under its own systemd; takes minutes, so it runs on request:

pytest -m load tests/deploy/test_install.py      as root, with debootstrap; ports 80, 443, 1935 … free
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.servers.debian import Debian, fresh_debian
from tests.servers.process import ServerError, answers, wait_until

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.load, pytest.mark.timeout(1800)]

HOST = "live.example.org"
PORTS = (80, 443, 1935, 3000, 3011, 3021, 5432, 6379, 11935)
ASK = [
    "curl",
    "-s",
    "--cacert",
    "/etc/streair/tls/fullchain.pem",
    "--resolve",
    f"{HOST}:443:127.0.0.1",
]
INSTALL_SECONDS = 900


@pytest.fixture(scope="module")
def machine() -> Iterator[Debian]:
    taken = [port for port in PORTS if answers(port)]
    assert taken == [], "the machine shares this one's network"
    with fresh_debian() as debian:
        yield debian


def install(machine: Debian, folder: str) -> float:
    """Install what is in `folder`; return how long that took."""
    begun = time.monotonic()
    machine.run("sh", f"/{folder}/deploy/install", "--host", HOST, seconds=INSTALL_SECONDS)
    return time.monotonic() - begun


def health(machine: Debian) -> dict[str, str]:
    return dict(json.loads(machine.run(*ASK, f"https://{HOST}/health"))["parts"])


def test_a_site_runs_is_updated_and_backed_up(machine: Debian) -> None:
    machine.take("root/first")
    logger.info("Installed in %.0f s.", install(machine, "root/first"))

    page = machine.run(
        *ASK, "-o", "/dev/null", "-w", "%{http_version} %{http_code}", f"https://{HOST}/"
    )
    assert page == "2 200"
    wait_until(lambda: set(health(machine).values()) == {"ok"}, timeout=30, what="all parts")
    settings = (machine.root / "etc/streair/env").read_text()
    assert machine.run("stat", "-c", "%a %U %G", "/etc/streair/env").split() == [
        "640",
        "root",
        "streair",
    ]
    with pytest.raises(ServerError, match="Permission denied"):
        machine.run("runuser", "-u", "streair-front", "--", "cat", "/etc/streair/env")

    machine.take("root/second")
    asking = machine.start("sh", "-c", ALL_THE_TIME, stdout=subprocess.PIPE)
    logger.info("Updated in %.0f s.", install(machine, "root/second"))
    (machine.root / "var/tmp/enough").touch()
    answered, _ = asking.communicate(timeout=60)

    units = machine.run("systemctl", "list-units", "--plain", "--no-legend", "streair-*@*")
    assert sorted(line.split()[0] for line in units.splitlines()) == [
        "streair-realtime@2.service",
        "streair-web@2.service",
    ]
    assert set(answered.split()) == {"200"}
    assert (machine.root / "etc/streair/env").read_text() == settings
    wait_until(lambda: set(health(machine).values()) == {"ok"}, timeout=30, what="all parts")

    machine.run("systemctl", "start", "streair-backup.service", seconds=120)
    assert len(list((machine.root / "var/lib/streair/backups").iterdir())) == 1


ALL_THE_TIME = f"""
until [ -e /var/tmp/enough ]; do
    {" ".join(ASK)} -o /dev/null -w '%{{http_code}}\\n' https://{HOST}/health/ready
    sleep 0.2
done
"""
