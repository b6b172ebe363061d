"""A fresh Debian 12 with systemd, in namespaces of its own; the network is this machine's."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import ServerError, wait_until

_HERE = Path(__file__).resolve().parent
_BASE = _HERE.parent.parent
_KEPT = _BASE / ".pytest_cache" / "debian-12.tar"
_MIRROR = "http://deb.debian.org/debian"
# Beyond the smallest Debian: systemd, and what the test asks with.
_PACKAGES = "systemd,systemd-sysv,dbus,ca-certificates,curl,iproute2,procps"
_PASSED_ON = ("PIP_CERT", "SSL_CERT_FILE", "http_proxy", "https_proxy", "no_proxy")


class Debian:
    """A machine that is up. Its processes end with the block."""

    def __init__(self, root: Path, init: int) -> None:
        self.root = root
        self._init = init

    def run(self, *args: str, seconds: float = 60) -> str:
        """Run a program in it as root; return what it printed, or raise with that."""
        done = self.start(*args, stdout=subprocess.PIPE)
        said, _ = done.communicate(timeout=seconds)
        if done.returncode:
            raise ServerError(f"{' '.join(args)} ended with {done.returncode}:\n{said}")
        return str(said)

    def start(self, *args: str, stdout: int) -> subprocess.Popen[str]:
        """Start a program in it as root."""
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        enter = ["nsenter", "-t", str(self._init), "-m", "-p", "-i", "-u", "-C", "-r"]
        return subprocess.Popen(
            [*enter, *args],
            env=environment,
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
        )

    def take(self, name: str) -> None:
        """Put a copy of this repository's files, as they are now, into the folder `name`."""
        target = self.root / name
        target.mkdir(parents=True)
        files = subprocess.run(
            ["git", "ls-files", "-z"], cwd=_BASE, check=True, capture_output=True
        ).stdout
        packed = ["tar", "-C", str(_BASE), "--null", "--files-from=-", "-cf", "-"]
        made = subprocess.run(packed, input=files, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-C", str(target), "-xf", "-"], input=made, check=True)


@contextlib.contextmanager
def fresh_debian() -> Iterator[Debian]:
    """Boot one. The first time it is downloaded (some 100 MB)."""
    folder = Path(tempfile.mkdtemp(prefix="streair-debian-"))
    root = folder / "root"
    _unpack(root)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    spaces = ["unshare", "--mount", "--pid", "--cgroup", "--ipc", "--uts", "--fork", "--kill-child"]
    with (folder / "boot.log").open("wb") as log:
        booting = subprocess.Popen(
            [*spaces, str(_HERE / "boot-debian"), str(root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        children = Path(f"/proc/{booting.pid}/task/{booting.pid}/children")
        init = int(
            wait_until(lambda: children.read_text().split()[:1], what="its first process")[0]
        )
        machine = Debian(root, init)
        wait_until(lambda: _is_up(machine), timeout=60, what="systemd")
        yield machine
    finally:
        # Its first process ends with it, and all others with that.
        booting.send_signal(signal.SIGKILL)
        booting.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(root: Path) -> None:
    root.mkdir()
    if not _KEPT.exists():
        made = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm"]
        subprocess.run([*made, str(root), _MIRROR], check=True, stdout=subprocess.DEVNULL)
        _KEPT.parent.mkdir(exist_ok=True)
        unfinished = _KEPT.with_suffix(f".{os.getpid()}")
        subprocess.run(["tar", "-C", str(root), "-cf", str(unfinished), "."], check=True)
        unfinished.rename(_KEPT)
        return
    subprocess.run(["tar", "-C", str(root), "-xf", str(_KEPT)], check=True)


def _is_up(machine: Debian) -> bool:
    try:
        return machine.run("systemctl", "is-system-running").strip() in {"running", "degraded"}
    except ServerError:
        return False
