"""deploy/install on a fresh Debian 12 under its own systemd; takes minutes, so it runs on request:

pytest -m load tests/deploy/test_install.py      as root, with debootstrap; ports 80, 443, 1935 … free
"""

from __future__ import annotations

import json
import logging
import re
import shlex
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

    roles = re.findall(r'^streair_processes\{role="(\w+)"\}', metrics(machine), re.MULTILINE)
    assert sorted(roles) == ["pages", "sidecar", "web", "worker"]
    assert (
        machine.run(*ASK, "-o", "/dev/null", "-w", "%{http_code}", f"https://{HOST}/metrics")
        == "404"
    )
    look_and_go_back(machine)

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


def metrics(machine: Debian) -> str:
    """Return what Prometheus collects, once every process has written down what it counts."""

    def told() -> str:
        text = machine.run("curl", "-s", "http://127.0.0.1:3000/metrics")
        return text if 'streair_processes{role="sidecar"}' in text else ""

    found = wait_until(told, timeout=20, what="numbers of every process")
    assert 'streair_component_up{component="database"} 1.0' in found
    return found


def manage(machine: Debian, *args: str, user: str = "streair") -> str:
    """Run a command as docs/operations.md says; return what it printed, in English."""
    line = f"cd /opt/streair/current && runuser -u {user} -- env LC_ALL=en_US.UTF-8 "
    return machine.run("sh", "-c", f"{line} .venv/bin/python manage.py {shlex.join(args)}")


def look_and_go_back(machine: Debian) -> None:
    """What commands say leads to where things are on such a site; a backup is brought back."""
    with (machine.root / "etc/hosts").open("a") as hosts:
        hosts.write(f"127.0.0.1 {HOST}\n")
    said = manage(machine, "doctor")
    assert "✗" not in said
    assert "make run" not in said
    with pytest.raises(ServerError, match="runuser -u streair -- "):
        manage(machine, "doctor", user="root")
    machine.run("systemctl", "stop", "streair-worker")
    with pytest.raises(ServerError, match="systemctl start streair-worker"):
        wait_until(lambda: manage(machine, "doctor") == "", timeout=20)
    machine.run("systemctl", "start", "streair-worker")

    manage(machine, "shell", "-c", ADD_LAN)
    path, *rest = manage(machine, "backup").splitlines()
    assert path.startswith("/var/lib/streair/backups/streair-")
    assert "/etc/streair/env" in rest[-1]
    manage(machine, "shell", "-c", FORGET_LAN)
    with pytest.raises(ServerError, match=r"systemctl stop streair\.target"):
        manage(machine, "restore", path)
    machine.run("systemctl", "stop", "streair.target")
    assert "systemctl start streair.target" in manage(machine, "restore", path)
    machine.run("systemctl", "start", "streair.target")
    assert manage(machine, "shell", "-c", NAMES).splitlines()[-1] == "lan"
    wait_until(lambda: set(health(machine).values()) == {"ok"}, timeout=60, what="all parts")
    machine.run("rm", path)


_USERS = "from accounts.models import User; "
ADD_LAN = f"{_USERS}User.objects.create_user('lan', 'lan@example.org')"
FORGET_LAN = f"{_USERS}User.objects.all().delete()"
NAMES = f"{_USERS}print(*User.objects.values_list('username', flat=True))"


ALL_THE_TIME = f"""
until [ -e /var/tmp/enough ]; do
    {" ".join(ASK)} -o /dev/null -w '%{{http_code}}\\n' https://{HOST}/health/ready
    sleep 0.2
done
"""
