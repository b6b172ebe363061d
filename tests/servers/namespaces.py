"""Two machines on one: network namespaces with a cable between them. Nothing outside them is changed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_PROGRAMS = ("ip", "systemd-socket-activate")


@dataclass(frozen=True, slots=True)
class Machines:
    """`first` is where the test is; `second` is at the other end of the cable."""

    first: str
    second: str
    first_address: str
    second_address: str

    def on_second(self) -> list[str]:
        """Return what a command line begins with that runs on the second machine."""
        return ["ip", "netns", "exec", self.second]

    def cut(self) -> None:
        """Pull the cable out of the second machine."""
        _ip("-n", self.second, "link", "set", "cable", "down")

    def mend(self) -> None:
        """Put it in again."""
        _ip("-n", self.second, "link", "set", "cable", "up")


def why_not() -> str:
    """Return why this machine cannot play two, or "" if it can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"there is no {missing[0]} here"
    try:
        with two_machines():
            return ""
    except (OSError, subprocess.SubprocessError) as exc:
        return f"the kernel makes no network namespaces here: {exc}"


@contextlib.contextmanager
def two_machines() -> Iterator[Machines]:
    """Make two and be on the first: this thread, and the programs and threads that it starts."""
    name = f"streair-{uuid.uuid4().hex[:8]}"
    net = f"10.{random.randint(64, 254)}.{random.randint(0, 254)}"
    made = Machines(f"{name}-1", f"{name}-2", f"{net}.1", f"{net}.2")
    with contextlib.ExitStack() as stack:
        for machine in (made.first, made.second):
            _ip("netns", "add", machine)
            stack.callback(_ip, "netns", "delete", machine)
        # With its namespace an end of a cable goes, and with that the other one.
        cable = ["link", "add", "cable", "type", "veth", "peer", "name", "cable"]
        _ip("-n", made.first, *cable, "netns", made.second)
        ends = {made.first: made.first_address, made.second: made.second_address}
        for machine, address in ends.items():
            _ip("-n", machine, "address", "add", f"{address}/30", "dev", "cable")
            for link in ("lo", "cable"):
                _ip("-n", machine, "link", "set", link, "up")
        with _entered(made.first):
            yield made


def set_here(name: str, value: int) -> None:
    """Change a setting of the network of the machine that this thread is on (sysctl)."""
    Path("/proc/sys", *name.split(".")).write_text(f"{value}\n")


@contextlib.contextmanager
def _entered(machine: str) -> Iterator[None]:
    # By the thread: another one's network is another thing.
    outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    inside = os.open(f"/run/netns/{machine}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _set_network(inside)
        yield
    finally:
        _set_network(outside)
        os.close(inside)
        os.close(outside)


def _set_network(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _ip(*args: str) -> None:
    done = subprocess.run(
        ["ip", *args], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise OSError(f"ip {' '.join(args)}: {done.stderr.strip()}")
