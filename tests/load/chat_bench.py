"""Chat against the same room on Socket.IO, in interleaved rounds, both servers up at the same time.

    python -m tests.servers.stack python -m tests.load.chat_bench

The servers on core 0, the crowd on core 1, everything on 127.0.0.1. Every message is a row in
PostgreSQL before anybody hears of it, on both sides.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from tests.load import usage
from tests.load.chat_crowd import Crowd, SocketIoDialect, StreAirDialect, raise_limits
from tests.load.subject import LOAD_CORE, SERVER_CORE, pinned
from tests.servers.process import free_port
from tests.servers.site import running_site

_PEERS = Path(__file__).resolve().parent.parent / "peers"
SENDERS = 25
_PREPARE = """
import json
from django.test import Client
from accounts.models import User
from rooms.models import Room
owner = User.objects.create(username="streamer", email="streamer@example.org")
room = Room.objects.create(owner=owner, title="A full room")
cookies = []
for number in range({senders}):
    user = User.objects.create(username=f"sender{{number}}", email=f"sender{{number}}@example.org")
    client = Client()
    client.force_login(user)
    cookies.append("sessionid=" + client.cookies["sessionid"].value)
print(json.dumps([room.room_id, cookies]))
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A chat server that is up."""

    name: str
    pid: int
    readers: StreAirDialect | SocketIoDialect
    senders: list[StreAirDialect] | list[SocketIoDialect]

    def cpu(self) -> float:
        """Return the CPU time it has used, its children's included."""
        return usage.cpu_seconds(usage.tree(self.pid))


@contextlib.contextmanager
def streair() -> Iterator[Server]:
    """Ours, as `make run` starts it."""
    secrets = dict.fromkeys(("SECRET_KEY", "HOOK_SECRET", "JWT_SECRET"), "b" * 50)
    # Starting takes both cores less time than one.
    with running_site(RATE_LIMIT_ENABLED="0", **secrets) as site:
        for part in site.parts:
            _pin(part.pid)
        room, cookies = json.loads(site.python(_PREPARE.format(senders=SENDERS)))
        url = site.websocket_url
        senders = [StreAirDialect(url, room, cookie) for cookie in cookies]
        yield Server("StreAir", site.web.pid, StreAirDialect(url, room), senders)


def _pin(root: int) -> None:
    """Keep a running process, its children and all their threads on the servers' core."""
    for pid in usage.tree(root):
        with contextlib.suppress(OSError):  # It has ended meanwhile.
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {SERVER_CORE})


@contextlib.contextmanager
def socket_io(modules: Path) -> Iterator[Server]:
    """Socket.IO with its defaults, WebSockets alone."""
    port = free_port()
    script = modules.parent / "socket-io-room.mjs"
    if not script.exists():
        script.write_text((_PEERS / "socket-io-room.mjs").read_text())
    with pinned(SERVER_CORE):
        process = subprocess.Popen(
            ["node", str(script), str(port), os.environ["DATABASE_URL"]], stdout=subprocess.PIPE
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        dialect = SocketIoDialect(
            f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", "room"
        )
        yield Server("socket.io", process.pid, dialect, [dialect] * SENDERS)
    finally:
        process.terminate()
        process.wait()


Figures = dict[str, float]
Plan = Callable[[Server], Coroutine[Any, Any, Figures]]


async def fan_out(server: Server, readers: int, per_second: float, seconds: float) -> Figures:
    """A room of so many readers, and so many messages a second."""
    crowd, writers = Crowd(), Crowd()
    await crowd.join(server.readers, readers)
    for dialect in server.senders:
        await writers.join(dialect, 1)
    await asyncio.sleep(2)  # Until the number of viewers has been announced.
    crowd.start_over()
    before = server.cpu()
    sent = await crowd.say(writers.members, per_second=per_second, seconds=seconds)
    is_whole = await crowd.settled(sent * readers)
    cpu = server.cpu() - before
    figures = {
        "cpu_us": cpu / max(crowd.delivered, 1) * 1e6,
        "p50": crowd.percentile(0.5),
        "p99": crowd.percentile(0.99),
        "missing": sent * readers - crowd.delivered,
        "disorder": crowd.disorder() + len(crowd.lost),
        "frames": crowd.frames / max(sent * readers, 1),
    }
    assert is_whole or figures["missing"]
    crowd.leave()
    writers.leave()
    await asyncio.sleep(1.5)
    return figures


async def storm(server: Server, readers: int) -> Figures:
    """Everybody joins at once, with the history and the announcements."""
    crowd = Crowd()
    before = server.cpu()
    took = await crowd.join(server.readers, readers, at_once=readers)
    figures = {"joins_per_second": readers / took, "cpu_s": server.cpu() - before}
    crowd.leave()
    await asyncio.sleep(2)
    return figures


async def memory(server: Server, readers: int) -> Figures:
    """What a reader who hears nothing costs."""
    before = usage.memory_bytes(server.pid)
    crowd = Crowd()
    await crowd.join(server.readers, readers)
    await asyncio.sleep(2)
    figures = {"kb": (usage.memory_bytes(server.pid) - before) / readers / 1024}
    crowd.leave()
    await asyncio.sleep(2)
    return figures


def median(rounds: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _plans(options: argparse.Namespace) -> dict[str, Plan]:
    """Return what is to be measured, by name."""
    plans: dict[str, Plan] = {}
    for readers in options.memory:
        plans[f"memory {readers}"] = partial(memory, readers=readers)
    for readers in options.readers:
        slow = partial(fan_out, readers=readers, per_second=10, seconds=options.seconds)
        plans[f"10/s {readers}"] = slow
    for readers in options.fast:
        fast = partial(fan_out, readers=readers, per_second=100, seconds=options.seconds)
        plans[f"100/s {readers}"] = fast
    for readers in options.storms:
        plans[f"storm {readers}"] = partial(storm, readers=readers)
    return plans


def main() -> int:
    """Measure what is asked for, and print it as it comes; 1 when a target is missed."""
    missed: list[str] = []
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--readers", type=int, nargs="+", default=[100, 500, 1000, 2000])
    parser.add_argument("--fast", type=int, nargs="*", default=[1000])
    parser.add_argument("--storms", type=int, nargs="*", default=[1000])
    parser.add_argument("--memory", type=int, nargs="*", default=[1000])
    parser.add_argument("--modules", type=Path, default=_PEERS / "node_modules")
    options = parser.parse_args()
    raise_limits()
    with streair() as ours, socket_io(options.modules) as theirs:
        os.sched_setaffinity(0, {LOAD_CORE})
        servers = [ours, theirs]
        for name, plan in _plans(options).items():
            found: dict[str, list[Figures]] = {server.name: [] for server in servers}
            for _ in range(1 if name.startswith("memory") else options.rounds):
                for server in servers:
                    found[server.name].append(uvloop.run(plan(server)))
            medians = {server: median(rounds) for server, rounds in found.items()}
            for server_name, figures in medians.items():
                words = "  ".join(f"{key} {value:.2f}" for key, value in figures.items())
                sys.stdout.write(f"{name:12} {server_name:10} {words}\n")
            missed += _missed(name, *medians.values())
            sys.stdout.flush()
    sys.stdout.write(f"Missed: {'; '.join(missed)}.\n" if missed else "Every target is met.\n")
    return 1 if missed else 0


# Of Socket.IO's figure: at most, or for joins at least.
_TARGETS: dict[str, dict[str, float]] = {
    "10/s": {"cpu_us": 1.0, "p99": 1.1},
    "100/s": {"cpu_us": 0.3},
    "memory": {"kb": 1.15},
    "storm": {"joins_per_second": 8.0},
}


def _missed(name: str, ours: Figures, theirs: Figures) -> list[str]:
    """Return which targets of this measurement are missed, in words."""
    found = []
    for figure, most in _TARGETS[name.split(maxsplit=1)[0]].items():
        ratio = ours[figure] / theirs[figure]
        is_met = ratio >= most if figure == "joins_per_second" else ratio <= most
        if not is_met:
            found.append(f"{name}: {figure} is {ratio:.2f} of Socket.IO's instead of {most}")
    if ours.get("missing") or ours.get("disorder"):
        found.append(f"{name}: something was lost or out of order")
    return found


if __name__ == "__main__":
    sys.exit(main())
