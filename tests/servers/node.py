"""An ingest node (`make ingest`): a sidecar as another machine has it, with neither database nor the site's secrets."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from deploy.processes import nginx_in
from tests.servers.leaks import assert_no_secrets_logged
from tests.servers.process import Program, free_port
from tests.servers.site import Site

_BASE = Path(__file__).resolve().parent.parent.parent
# An address that is this machine's and not the one on which everything else is let in.
HOST = "127.0.0.2"
_SECRETS = ("SECRET_KEY", "JWT_SECRET", "HOOK_SECRET")


class NodePorts:
    """Where a node will listen: the site's settings name it before it is there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rtmp_port, self.port, self.health_port = free_port(), free_port(), free_port()

    @property
    def server(self) -> str:
        """What streamers paste into OBS."""
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live"

    @property
    def control(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def inside(self) -> str:
        """Where it says how it does."""
        return f"http://127.0.0.1:{self.health_port}"

    @property
    def word(self) -> str:
        """What INGEST_NODES says of it."""
        return f"{self.name}={self.server}|{self.server}|{self.control}"


class IngestNode:
    """A running one. Kill it, freeze it, start it again."""

    def __init__(self, site: Site, ports: NodePorts, **env: str) -> None:
        self.ports = ports
        self.data = site.data / f"node-{ports.name}"
        self.data.mkdir()
        told = site.manage("ingest_node", ports.name).split()
        settings = {
            **dict.fromkeys(_SECRETS, ""),
            "DJANGO_SETTINGS_MODULE": "",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
            "REDIS_URL": "",
            "DATA_DIR": str(self.data),
            "RTMP_PORT": str(ports.rtmp_port),
            "SIDECAR_PORT": str(ports.port),
            "INGEST_HEALTH_PORT": str(ports.health_port),
            **dict(line.split("=", 1) for line in told),
            "INGEST_HOST": HOST,
            "INGEST_ALLOW": "127.0.0.1",
            **env,
        }
        args = [sys.executable, "-m", "streams.sidecar"]
        log = self.data / "sidecar.log"
        self.program = Program(f"node {ports.name}", args, log=log, cwd=_BASE, env=settings)
        self.secret = settings["INGEST_SECRET"]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.program.stop()
        if kind is None:
            assert_no_secrets_logged([self.program.log], self.program.env)

    def start(self) -> None:
        self.program.start().wait_for_port(self.ports.rtmp_port)

    def kill(self) -> None:
        """All of it at once, as when the machine loses power."""
        with contextlib.suppress(ProcessLookupError):
            for pid in self._pids():
                os.kill(pid, signal.SIGKILL)
        self.program.kill()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it hang: connections stay, and nobody answers."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _pids(self) -> list[int]:
        """Return who watches over nginx first, lest it be started again."""
        return [self.program.pid, *nginx_in(self.data)]
