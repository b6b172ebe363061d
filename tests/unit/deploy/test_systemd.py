"""The units for systemd: without mistakes, harmless if taken over, and about programs that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

_BASE = Path(__file__).resolve().parents[3]
_UNITS = _BASE / "deploy/systemd"
_DEBIANS = Path("/usr/lib/systemd/system")

SERVICES = [
    "streair-web@1.service",
    "streair-realtime@1.service",
    "streair-worker.service",
    "streair-sidecar.service",
    "streair-front.service",
    "streair-backup.service",
    "streair-ingest.service",
    "streair-edge.service",
]
# What strangers send to, or have sent to them: others on the machine must not suffer from a crowd.
CAPPED = ["streair-sidecar.service", "streair-ingest.service", "streair-edge.service"]
# Of systemd's own scale, on which a service without any care is at 9.6.
MOST_EXPOSED = 3.0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's root as far as systemd-analyze looks at it."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(_DEBIANS, root / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(_UNITS, root / "etc/systemd/system")
    for program in ("usr/sbin/nginx", "bin/kill", *(f"opt/streair/{each}" for each in _PYTHONS)):
        path = root / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o755)
    (root / "etc/streair").mkdir()
    (root / "etc/streair/env").touch()
    return root


_PYTHONS = [f"{place}/.venv/bin/python" for place in ("current", "slots/1", "slots/2")]


def analyze(root: Path, *args: str) -> str:
    done = subprocess.run(
        ["systemd-analyze", f"--root={root}", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_systemd_finds_no_mistake(root: Path) -> None:
    units = ["streair.target", "streair-backup.timer", *SERVICES]

    said = analyze(root, "verify", "--man=no", *units)

    assert [line for line in said.splitlines() if "streair" in line] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_part_that_is_taken_over_can_do_little(root: Path, service: str) -> None:
    said = analyze(root, "security", "--offline=true", "--no-pager", service)

    level = re.search(rf"exposure level for {re.escape(service)}: (\d+\.\d)", said)
    assert level is not None, said
    assert float(level[1]) <= MOST_EXPOSED


def test_the_front_alone_may_use_low_ports(root: Path) -> None:
    """With users of its own a service has no right to them, and what is read last holds."""

    def has_own_users(service: str) -> bool:
        said = analyze(root, "security", "--offline=true", "--json=short", service)
        return bool({each["name"]: each["set"] for each in json.loads(said)}["PrivateUsers="])

    assert [service for service in SERVICES if not has_own_users(service)] == [
        "streair-front.service"
    ]


@pytest.mark.parametrize("unit", sorted(_UNITS.glob("*.service")), ids=lambda path: path.stem)
def test_what_is_started_exists(unit: Path) -> None:
    started = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    assert started is not None
    words = started[1].split()

    if "gunicorn" in words:
        assert (_BASE / words[words.index("-c") + 1]).is_file()
        module, _, name = words[-1].partition(":")
        source = (_BASE / f"{module.replace('.', '/')}.py").read_text()
        assert re.search(rf"^(?:def )?{name}\b", source, re.MULTILINE)
    elif "manage.py" in words:
        command = words[words.index("manage.py") + 1]
        assert list(_BASE.glob(f"*/**/management/commands/{command}.py"))
    elif "-m" in words:
        module = words[words.index("-m") + 1]
        assert (_BASE / module.replace(".", "/") / "__main__.py").is_file()
    else:
        assert words[0] == "/usr/sbin/nginx"


@pytest.mark.parametrize("service", CAPPED)
def test_a_crowd_of_strangers_is_given_so_much_memory_and_no_more(service: str) -> None:
    unit = (_UNITS / service).read_text()

    assert re.search(r"^MemoryMax=\d+[MG]$", unit, re.MULTILINE)
    assert re.search(r"^MemorySwapMax=0$", unit, re.MULTILINE)


@pytest.mark.parametrize("service", ["streair-sidecar.service", "streair-ingest.service"])
def test_nginx_is_stopped_before_the_kernel_has_to(service: str) -> None:
    cap = re.search(r"^MemoryMax=(\d+)M$", (_UNITS / service).read_text(), re.MULTILINE)
    nginx = re.search(
        r"^#SIDECAR_MEMORY_MB=(\d+)$", (_BASE / ".env.example").read_text(), re.MULTILINE
    )
    assert cap is not None
    assert nginx is not None

    assert int(nginx[1]) + 200 <= int(cap[1])
    # It is started by setpriv.
    allowed = (_UNITS / f"{service}.d/setpriv.conf").read_text()
    assert "SystemCallFilter=capset" in allowed
