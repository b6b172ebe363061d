"""A StreAir as production has it: the front, processes for pages, processes for sockets and video, sidecar, worker."""

from __future__ import annotations

import contextlib
import os
import signal
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import requests

from deploy.front import WEB, Front
from deploy.switch import Switch
from tests.servers.databases import postgres_server, redis_server
from tests.servers.leaks import assert_no_secrets_logged
from tests.servers.process import Program, free_port, wait_until
from tests.servers.site import Door, Site

_BASE = Path(__file__).resolve().parent.parent.parent


class FrontedSite(Site):
    """The parts of deploy/systemd on free ports; `url` is the front's."""

    def __init__(self, data: Path, env: dict[str, str]) -> None:
        self.https_port, self.http_port = free_port(), free_port()
        self.front_dir = data / "front"
        super().__init__(
            data,
            {
                "CLIENT_URL": f"https://localhost:{self.https_port}",
                "FRONT_HTTPS_PORT": str(self.https_port),
                "FRONT_HTTP_PORT": str(self.http_port),
                "FRONT_DIR": str(self.front_dir),
                "PAGE_PROCESSES": "2",
                **env,
            },
        )
        self.slots = {name: Slot(self, name) for name in ("1", "2")}
        first = self.slots["1"]
        self.env["FRONT_WEB"] = f"127.0.0.1:{first.web_port}"
        self.env["FRONT_REALTIME"] = f"127.0.0.1:{first.realtime_port}"
        command: list[str | Path] = [
            "nginx",
            "-p",
            self.front_dir,
            "-c",
            self.front_dir / "nginx.conf",
        ]
        self.front = self.program("front", [*command, "-e", "stderr"])
        self.parts = [self.front, *first.parts, self.sidecar, self.worker]

    def switch(self, *, say: Callable[[str], None] = print, ready_seconds: float = 60) -> None:
        """Change to the other slot, as deploy/switch does."""
        environment = {**os.environ}
        os.environ.update(self.env)
        try:
            front = Front.configured()
        finally:
            os.environ.clear()
            os.environ.update(environment)
        Switch(Bench(self), front, say=say, ready_seconds=ready_seconds).run()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    @property
    def door(self) -> Door:
        return "localhost", self.https_port, self.tls

    @property
    def tls(self) -> ssl.SSLContext:
        """What clients connect with."""
        return ssl.create_default_context(cafile=self.certificate)

    @property
    def websocket_url(self) -> str:
        return f"wss://localhost:{self.https_port}/ws/"

    @property
    def certificate(self) -> Path:
        """What clients are to believe."""
        return self.front_dir / "tls" / "fullchain.pem"

    def prepare(self) -> None:
        super().prepare()
        self._call("-m", "deploy.front")

    def program(self, name: str, args: Sequence[str | Path]) -> Program:
        """Return a program on the site's data."""
        log = self.data / "log" / f"{name}.log"
        return Program(name, args, log=log, cwd=_BASE, env=self.env)

    def wait_until_ready(self, timeout: float = 60) -> None:
        """Return once pages come through the front, and the sidecar takes encoders."""
        self.sidecar.wait_for_port(self.addresses.rtmp_port)
        wait_until(self._is_ready, timeout=timeout, what="the site behind its front")

    def ask(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        """Ask the front for `path`, on a connection of its own."""
        url = f"{self.url}{path}"
        return requests.request(method, url, verify=str(self.certificate), timeout=30, **options)

    @contextlib.contextmanager
    def another_front(self, **env: str) -> Iterator[str]:
        """Run one more front before the same processes; yield its address."""
        folder = self.data / "front-2"
        ports = free_port(), free_port()
        names = ("FRONT_HTTPS_PORT", "FRONT_HTTP_PORT")
        env |= dict(zip(names, map(str, ports), strict=True))
        env |= {"FRONT_DIR": str(folder), "PORT": str(free_port())}
        env |= {"FRONT_TLS_DIR": str(self.certificate.parent)}
        kept, self.env = self.env, self.env | env
        self._call("-m", "deploy.front")
        command: list[str | Path] = [
            "nginx",
            "-p",
            folder,
            "-c",
            folder / "nginx.conf",
            "-e",
            "stderr",
        ]
        program = self.program("front-2", command)
        self.env = kept
        with program as front:
            front.wait_for_port(ports[0])
            yield f"https://localhost:{ports[0]}"

    def _is_ready(self) -> bool:
        for part in self.parts:
            assert part.is_running(), f"{part.name}\n{part.tail()}"
        ports = [self.slots["1"].realtime_port, self.slots["1"].web_port]
        try:
            asked = [f"http://127.0.0.1:{port}/health/ready" for port in ports]
            answers = [requests.get(url, timeout=5) for url in asked]
            answers.append(requests.get(self.url, verify=str(self.certificate), timeout=5))
        except requests.RequestException:
            return False
        return all(answer.ok for answer in answers)


class Bench:
    """Runs the slots of a site for deploy.switch, in place of systemd. Use it in the main thread."""

    def __init__(self, site: FrontedSite) -> None:
        self._site = site

    def address(self, part: str, slot: str) -> str:
        found = self._site.slots[slot]
        return f"127.0.0.1:{found.web_port if part == WEB else found.realtime_port}"

    def start(self, part: str, slot: str) -> None:
        self._program(part, slot).start()

    def stop(self, part: str, slot: str) -> None:
        self._program(part, slot).stop(timeout=40)

    def front_pid(self) -> int:
        return self._site.front.pid

    def reload_front(self) -> None:
        self._site.front.signal(signal.SIGHUP)

    def _program(self, part: str, slot: str) -> Program:
        found = self._site.slots[slot]
        return found.web if part == WEB else found.realtime


class Slot:
    """One of the two sets of processes that take turns (docs/deployment.md)."""

    def __init__(self, site: FrontedSite, name: str) -> None:
        self.web_port, self.realtime_port = free_port(), free_port()
        start = [sys.executable, "-m", "gunicorn", "--bind"]
        web = [f"127.0.0.1:{self.web_port}", "-c", "deploy/gunicorn_web.py"]
        realtime = [f"127.0.0.1:{self.realtime_port}", "-c", "deploy/gunicorn_settings.py"]
        self.web = site.program(f"web-{name}", [*start, *web, "streair.wsgi:application"])
        self.realtime = site.program(
            f"realtime-{name}", [*start, *realtime, "streair.asgi:application"]
        )
        self.parts = [self.web, self.realtime]


@contextlib.contextmanager
def fronted_site(*, also: str = "", **env: str) -> Iterator[FrontedSite]:
    """Run one, with a PostgreSQL and a Redis of its own, which other machines reach at the address `also`."""
    with (
        tempfile.TemporaryDirectory(prefix="streair-fronted-") as folder,
        postgres_server(also=also) as (_postgres, database),
        redis_server(also=also) as (_redis, redis),
    ):
        # The front's workers are nobody when root starts them, and read static files and pictures.
        Path(folder).chmod(0o755)
        site = FrontedSite(Path(folder), {"DATABASE_URL": database, "REDIS_URL": redis, **env})
        try:
            site.prepare()
            for part in site.parts:
                part.start()
            site.wait_until_ready()
            yield site
        finally:
            for slot in site.slots.values():
                for part in slot.parts:
                    part.stop()
            site.stop()
        assert_no_secrets_logged((site.data / "log").iterdir(), site.env)
