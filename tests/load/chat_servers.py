"""The chat servers of the bench, each with what it takes to talk to it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.load import usage
from tests.load.chat_dialects import Dialect, SocketIoDialect, StreAirDialect
from tests.load.site import DEFAULTS
from tests.load.subject import BUSY, SERVER_CORE, pinned, prefer
from tests.servers.media_server import node
from tests.servers.process import Program, free_port
from tests.servers.site import Site, running_site

_BASE = Path(__file__).resolve().parent.parent.parent
_PEERS = _BASE / "tests/peers"
SENDERS = 25
_PREPARE = f"""
import json
from django.test import Client
from accounts.models import User
from rooms.models import Room
owner = User.objects.create(username="streamer", email="streamer@example.org")
room = Room.objects.create(owner=owner, title="A full room")
cookies = []
for number in range({SENDERS}):
    user = User.objects.create(username=f"sender{{number}}", email=f"sender{{number}}@example.org")
    client = Client()
    client.force_login(user)
    cookies.append("sessionid=" + client.cookies["sessionid"].value)
print(json.dumps([room.room_id, cookies]))
"""

_ANOTHER_ROOM = """
from accounts.models import User
from rooms.models import Room
owner = User.objects.create(username="another", email="another@example.org")
print(Room.objects.create(owner=owner, title="Another room").room_id)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A chat server that is up."""

    name: str
    pid: int
    readers: Dialect
    senders: list[Dialect]
    announces: bool = True  # How many viewers there are.

    def cpu(self) -> float:
        """Return the CPU time it has used, its children's included."""
        return usage.cpu_seconds(usage.tree(self.pid))

    def memory(self) -> int:
        """Return its memory in bytes."""
        return usage.memory_bytes(self.pid)


@contextlib.contextmanager
def site(**env: str) -> Iterator[Site]:
    """A StreAir as `make run` starts it, on the servers' core."""
    # Starting takes both cores less time than one.
    with running_site(**{**DEFAULTS, "RATE_LIMIT_ENABLED": "0", **env}) as running:
        for part in running.parts:
            _pin(part.pid)
        yield running


def of_site(running: Site, *, deflate: bool = False) -> Server:
    """Prepare a room on it; return it as a chat server."""
    room, cookies = json.loads(running.python(_PREPARE))
    url = running.websocket_url
    prefer(running.web.pid, BUSY)
    senders: list[Dialect] = [StreAirDialect(url, room, cookie) for cookie in cookies]
    readers = StreAirDialect(url, room, deflate=deflate)
    return Server("StreAir", running.web.pid, readers, senders)


@contextlib.contextmanager
def usual_consumer(beside: Site) -> Iterator[Server]:
    """The usual Channels consumer under the same uvicorn, on the same database and Redis."""
    port = free_port()
    args = [sys.executable, "-m", "uvicorn", "tests.load.usual_consumer:application"]
    args += ["--port", str(port), "--ws", "websockets-sansio", "--loop", "uvloop"]
    args += ["--ws-per-message-deflate", "false", "--no-access-log", "--backlog", "4096"]
    log = beside.data / "log" / "usual.log"
    with pinned(SERVER_CORE), Program("usual", args, log=log, cwd=_BASE, env=beside.env) as program:
        program.wait_for_port(port)
        prefer(program.pid, BUSY)
        # A room of its own: ours would hear what others write into theirs, too.
        room = beside.python(_ANOTHER_ROOM).strip()
        dialect = StreAirDialect(f"ws://127.0.0.1:{port}/ws/", room)
        yield Server("usual consumer", program.pid, dialect, [dialect] * SENDERS, announces=False)


@contextlib.contextmanager
def socket_io(*, adapter: bool = False) -> Iterator[Server]:
    """Socket.IO with its defaults, WebSockets alone; `adapter`: with Redis between its processes."""
    port = free_port()
    script = str(_PEERS / "socket-io-room.mjs")
    with pinned(SERVER_CORE):
        args = [str(node()), script, str(port), os.environ["DATABASE_URL"]]
        args += [os.environ["REDIS_URL"]] if adapter else []
        process = subprocess.Popen(args, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        prefer(process.pid, BUSY)
        url = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        dialect = SocketIoDialect(url, "room")
        yield Server(
            "socket.io, Redis" if adapter else "socket.io",
            process.pid,
            dialect,
            [dialect] * SENDERS,
        )
    finally:
        # What thousands would still hear of each other's leaving is of no interest.
        process.kill()
        process.wait()


def _pin(root: int) -> None:
    """Keep a running process, its children and all their threads on the servers' core."""
    for pid in usage.tree(root):
        with contextlib.suppress(OSError):  # It has ended meanwhile.
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {SERVER_CORE})
