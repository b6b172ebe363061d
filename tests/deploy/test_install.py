"""deploy/install on a fresh Debian 12 under its own systemd; takes minutes, so it runs on request:

pytest -m load tests/deploy/test_install.py      as root, with debootstrap; ports 80, 443, 1935 … free
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
ROLES = ["pages", "sidecar", "web", "worker"]


@pytest.fixture(scope="module")
def machine() -> Iterator[Debian]:
    taken = [port for port in PORTS if answers(port)]
    assert taken == [], "the machine shares this one's network"
    with fresh_debian() as debian:
        yield debian


def take(machine: Debian, version: str) -> None:
    """Put a copy of this repository there, as if it were that version."""
    machine.take(f"root/{version}")
    (machine.root / f"root/{version}/COMMIT").write_text(version)


def install(machine: Debian, version: str, *args: str) -> str:
    """Install a version that was taken; return what was said."""
    begun = time.monotonic()
    command = ["sh", f"/root/{version}/deploy/install", *args]
    said = machine.run(*command, seconds=INSTALL_SECONDS)
    logger.info("%s: %.0f s.", " ".join(command[1:]), time.monotonic() - begun)
    return said


def health(machine: Debian) -> dict[str, str]:
    return dict(json.loads(machine.run(*ASK, f"https://{HOST}/health"))["parts"])


def test_a_site_runs_is_updated_and_backed_up(machine: Debian) -> None:
    take(machine, "first")
    assert f"Done: https://{HOST}" in install(machine, "first", "--host", HOST)

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

    assert roles_in(metrics(machine)) == ROLES
    assert (
        machine.run(*ASK, "-o", "/dev/null", "-w", "%{http_code}", f"https://{HOST}/metrics")
        == "404"
    )
    look_and_go_back(machine)

    take(machine, "second")
    with asked_all_the_time(machine):
        install(machine, "second")

    assert slot(machine) == "2"
    assert running(machine) == "second"
    assert (machine.root / "etc/streair/env").read_text() == settings
    wait_until(lambda: set(health(machine).values()) == {"ok"}, timeout=30, what="all parts")

    machine.run("systemctl", "start", "streair-backup.service", seconds=120)
    assert len(list((machine.root / "var/lib/streair/backups").iterdir())) == 1

    another_argument_is_refused(machine)
    settings_are_applied_by_running_it_again(machine)
    files_of_the_same_commit_do_not_meet(machine)


def another_argument_is_refused(machine: Debian) -> None:
    """What is set counts; an argument that says otherwise is not passed over in silence."""
    before = (machine.root / "etc/streair/env").read_text(), running(machine), slot(machine)
    sentence = f"CLIENT_URL in /etc/streair/env says {re.escape(HOST)}, which counts"
    with pytest.raises(ServerError, match=sentence):
        install(machine, "second", "--host", "another.example.org")
    with pytest.raises(ServerError, match="RTMP_PORT in /etc/streair/env says 1935"):
        install(machine, "second", "--rtmp-port", "1936")
    assert before == (
        (machine.root / "etc/streair/env").read_text(),
        running(machine),
        slot(machine),
    )


def settings_are_applied_by_running_it_again(machine: Debian) -> None:
    """The documented way: from the same folder, while the same release runs and pages are asked for."""
    release = machine.root / "opt/streair/releases/second"
    before = files_of(release)
    with (machine.root / "etc/streair/env").open("a") as settings:
        settings.write("METRICS_TOKEN=a-token-of-a-prometheus\n")

    with asked_all_the_time(machine):
        said = install(machine, "second", "--host", HOST)

    assert "Release second, which is there" in said
    assert f"Done: https://{HOST}" in said
    assert files_of(release) == before, "nothing is written over what runs"
    assert (running(machine), slot(machine)) == ("second", "1")
    ask = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:3000/metrics"]
    assert machine.run(*ask) != "200", "the new setting counts"
    token = ["-H", "Authorization: Bearer a-token-of-a-prometheus"]
    assert machine.run(*ask, *token) == "200"


def files_of_the_same_commit_do_not_meet(machine: Debian) -> None:
    """Somebody changed a file and committed nothing: the running release is not theirs to change."""
    release = machine.root / "opt/streair/releases/second"
    before = files_of(release)
    with (machine.root / "root/second/README.md").open("a") as readme:
        readme.write("Ours.\n")

    install(machine, "second")

    assert files_of(release) == before
    name = running(machine)
    assert re.fullmatch(r"second-\d{14}", name)
    changed = machine.root / "opt/streair/releases" / name / "README.md"
    assert changed.read_text().endswith("Ours.\n")


def files_of(release: Path) -> dict[str, tuple[int, int]]:
    """Return every file of a release, by which another one in its place could be told."""
    found = {}
    for folder, _, names in os.walk(release):
        for name in names:
            told = (Path(folder) / name).lstat()
            found[str(Path(folder, name).relative_to(release))] = told.st_ino, told.st_mtime_ns
    assert len(found) > 1000
    return {name: told for name, told in found.items() if "__pycache__" not in name}


def running(machine: Debian) -> str:
    """Return which release people are served by."""
    pid = machine.run(
        "systemctl", "show", "--property=MainPID", "--value", f"streair-web@{slot(machine)}"
    )
    return machine.run("readlink", f"/proc/{pid.strip()}/cwd").strip().rpartition("/")[2]


def slot(machine: Debian) -> str:
    """Return which slot is on: one alone, for pages and for sockets."""
    units = machine.run("systemctl", "list-units", "--plain", "--no-legend", "streair-*@*")
    names = sorted(line.split()[0] for line in units.splitlines())
    found = names[0].partition("@")[2][0]
    assert names == [f"streair-realtime@{found}.service", f"streair-web@{found}.service"]
    return found


@contextmanager
def asked_all_the_time(machine: Debian) -> Iterator[None]:
    """Have pages asked for meanwhile; none may fail."""
    enough = machine.root / "var/tmp/enough"
    enough.unlink(missing_ok=True)
    asking = machine.start("sh", "-c", ALL_THE_TIME, stdout=subprocess.PIPE)
    try:
        yield
    finally:
        enough.touch()
        answered, _ = asking.communicate(timeout=60)
    told = answered.split()
    assert len(told) > 30
    assert set(told) == {"/health/ready:200", "/en/:200", "/sign-up/:200"}


def roles_in(text: str) -> list[str]:
    """Return of which processes the numbers are."""
    return sorted(re.findall(r'^streair_processes\{role="(\w+)"\}', text, re.MULTILINE))


def metrics(machine: Debian) -> str:
    """Return what Prometheus collects, once every process has written down what it counts."""

    def told() -> str:
        text = machine.run("curl", "-s", "http://127.0.0.1:3000/metrics")
        return text if roles_in(text) == ROLES else ""

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
    for path in /health/ready /en/ /sign-up/; do
        {" ".join(ASK)} -o /dev/null -w "$path:%{{http_code}}\\n" https://{HOST}$path
    done
    sleep 0.2
done
"""
