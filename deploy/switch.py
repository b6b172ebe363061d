"""Changes from one slot to the other while people watch, write and click: nobody is refused, nothing is lost.

    python -m deploy.switch RELEASE     as root, on a machine that deploy/install set up

The new processes start beside the old ones; the front turns to them; sockets and viewers of the old ones are
told to come back; then the old ones end. When the new ones do not come up, nothing has changed.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from deploy.errors import CannotStart
from deploy.front import REALTIME, WEB, Front
from deploy.processes import command_line, is_alive
from streair.starting import in_one_line

HOME: Final = Path("/opt/streair")
HOOK_HOST: Final = "app.internal"  # The name that is always answered to (settings.HOOK_HOST).
SLOTS: Final = ("1", "2")
READY_SECONDS: Final = 60.0
# The new relay begins to read what is watched as soon as it is up; by then it has a keyframe to begin with.
WARM_SECONDS: Final = 4.0
# How long nginx keeps workers of before a reload (front.conf).
DRAIN_SECONDS: Final = 25.0


class Machine(Protocol):
    """What runs the parts: systemd, or a test."""

    def address(self, part: str, slot: str) -> str:
        """Return where `part` listens in `slot`."""

    def start(self, part: str, slot: str) -> None:
        """Start it, for now and for the next boot; it need not be ready yet."""

    def stop(self, part: str, slot: str) -> None:
        """Ask it to end, wait until it has, and start it no more."""

    def front_pid(self) -> int:
        """Return the process id of the front's master."""

    def reload_front(self) -> None:
        """Have the front read its configuration again."""


class Switch:
    """One change from a slot to the other."""

    def __init__(
        self,
        machine: Machine,
        front: Front,
        *,
        say: Callable[[str], None] = print,
        ready_seconds: float = READY_SECONDS,
    ) -> None:
        self._machine = machine
        self._front = front
        self._say = say
        self._ready_seconds = ready_seconds

    def active(self) -> str:
        """Return the slot that the front sends people to."""
        now = self._front.upstream_file(REALTIME).read_text()
        return next(slot for slot in SLOTS if self._machine.address(REALTIME, slot) in now)

    def idle(self) -> str:
        """Return the other one."""
        return next(slot for slot in SLOTS if slot != self.active())

    def run(self) -> None:
        """Change. Raises CannotStart when the new processes do not come up, and all is as before."""
        old, new = self.active(), self.idle()
        before = self._workers()
        try:
            self._start(new)
            self._say(f"Slot {new} is ready.")
            self._turn_to(new, before)
        except BaseException:
            self._take_back(old, new)
            raise
        self._say(f"The front sends everybody to slot {new}.")
        # Whoever is told to come back comes to the new one.
        self._machine.stop(REALTIME, old)
        # What the front took for the old one before it was reloaded may still be on its way.
        with suppress(CannotStart):
            _wait(lambda: not any(map(is_alive, before)), DRAIN_SECONDS, "the front holds on")
        self._machine.stop(WEB, old)
        self._say(f"Slot {old} has ended.")

    def _start(self, slot: str) -> None:
        for part in (WEB, REALTIME):
            # What a change that was cut off left there runs older code, and starting it would do nothing.
            self._machine.stop(part, slot)
            self._machine.start(part, slot)
        for part in (WEB, REALTIME):
            is_so = partial(is_ready, self._machine.address(part, slot))
            what = f"{part} in slot {slot} does not become ready; its log says why"
            _wait(is_so, self._ready_seconds, what)
        time.sleep(WARM_SECONDS)

    def _turn_to(self, slot: str, before: Sequence[int]) -> None:
        self._send_to(slot)
        self._machine.reload_front()
        _wait(
            lambda: not any(map(_serves, before)), self._ready_seconds, "the front did not reload"
        )

    def _take_back(self, old: str, new: str) -> None:
        """Have everything as it was."""
        if self.active() != old:
            self._send_to(old)
            self._machine.reload_front()
        for part in (WEB, REALTIME):
            self._machine.stop(part, new)

    def _send_to(self, slot: str) -> None:
        for part in (WEB, REALTIME):
            self._front.send_to(part, (self._machine.address(part, slot),))

    def _workers(self) -> list[int]:
        """Return the front's workers."""
        master = self._machine.front_pid()
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(pid) for pid in children.split()]


def is_ready(address: str) -> bool:
    """Tell whether who listens there can serve pages."""
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": HOOK_HOST})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _serves(pid: int) -> bool:
    """Tell whether this worker of nginx takes new connections."""
    return is_alive(pid) and "shutting down" not in command_line(pid)


def _wait(is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise CannotStart(otherwise)
        time.sleep(0.1)


class Systemd:
    """A machine that deploy/install set up."""

    _ports: Final = {WEB: "301", REALTIME: "302"}

    def address(self, part: str, slot: str) -> str:
        return f"127.0.0.1:{self._ports[part]}{slot}"

    def start(self, part: str, slot: str) -> None:
        _systemctl("enable", "--quiet", "--now", f"streair-{part}@{slot}")

    def stop(self, part: str, slot: str) -> None:
        _systemctl("disable", "--quiet", "--now", f"streair-{part}@{slot}")

    def front_pid(self) -> int:
        return int(_systemctl("show", "--property=MainPID", "--value", "streair-front"))

    def reload_front(self) -> None:
        _systemctl("reload", "streair-front")


def _systemctl(*args: str) -> str:
    done = subprocess.run(["systemctl", *args], check=False, capture_output=True, text=True)
    if done.returncode:
        raise CannotStart(f"systemctl {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout.strip()


def link(name: Path, target: Path) -> None:
    """Have `name` lead to `target`, at once."""
    name.parent.mkdir(parents=True, exist_ok=True)
    new = name.with_name(f"{name.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(name)


def main() -> int:
    """Change to the release that is named; return the exit status."""
    parser = argparse.ArgumentParser(
        description="Change to another release without an interruption."
    )
    parser.add_argument("release", type=Path, help="its folder, prepared by deploy/install")
    release = parser.parse_args().release.resolve()
    try:
        with in_one_line():
            front = Front.configured()
        switch = Switch(Systemd(), front)
        link(HOME / "slots" / switch.idle(), release)
        switch.run()
        link(HOME / "current", release)
        _systemctl("restart", "streair-worker")
    except CannotStart as exc:
        print(f"StreAir: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
