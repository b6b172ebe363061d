"""A second machine for a site's pages, sockets and video, set up as docs/deployment.md says."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

from tests.servers.databases import PASSWORD
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.namespaces import Machines, set_here
from tests.servers.process import Program, ServerError, wait_until

_BASE = Path(__file__).resolve().parent.parent.parent
_PASS_ON = "/lib/systemd/systemd-socket-proxyd"
WEB_PORT, REALTIME_PORT = 3011, 3021
# The doors of the first machine, past which its RTMP server is.
RTMP_DOOR, CONTROL_DOOR = 11936, 11937
# How TCP finds out that a machine is gone.
KEEPALIVE = {
    "net.ipv4.tcp_keepalive_time": 5,
    "net.ipv4.tcp_keepalive_intvl": 3,
    "net.ipv4.tcp_keepalive_probes": 3,
}


class SecondMachine:
    """Pages, sockets and video; database, Redis and RTMP server are the first machine's."""

    def __init__(self, site: FrontedSite, machines: Machines) -> None:
        self.site = site
        self.machines = machines
        self.data = site.data / "second-machine"
        self._env = {
            **site.env,
            "MACHINE_ROLE": "app",
            "DATA_DIR": str(self.data),
            "DATABASE_URL": at(site.env["DATABASE_URL"], machines.first_address, "streair"),
            "REDIS_URL": at(site.env["REDIS_URL"], machines.first_address, ""),
            "RTMP_SERVER_URL": f"rtmp://{machines.first_address}:{RTMP_DOOR}/live",
            "TRUSTED_PROXIES": f"127.0.0.1,::1,{machines.first_address}",
            "ALLOWED_HOSTS": f"localhost,{machines.second_address}",
        }
        control = f"{machines.first_address}:{CONTROL_DOOR}"
        rtmp = f"127.0.0.1:{site.addresses.rtmp_port}"
        sidecar = f"127.0.0.1:{site.addresses.sidecar_port}"
        self._doors = [
            self._door("rtmp", f"{machines.first_address}:{RTMP_DOOR}", rtmp),
            self._door("control", control, sidecar),
            self._door("control-2", sidecar, control, on=machines.on_second()),
        ]
        start = [*machines.on_second(), sys.executable, "-m", "gunicorn", "--bind"]
        web = [f"{machines.second_address}:{WEB_PORT}", "-c", "deploy/gunicorn_web.py"]
        realtime = [f"{machines.second_address}:{REALTIME_PORT}", "-c"]
        realtime += ["deploy/gunicorn_settings.py", "streair.asgi:application"]
        self.web = self._program("web", [*start, *web, "streair.wsgi:application"])
        self.realtime = self._program("realtime", [*start, *realtime])

    def start(self) -> None:
        """Bring what it shares with the first machine, and start it."""
        for folder in ("run", "log"):
            (self.data / folder).mkdir(parents=True)
        shutil.copytree(self.site.data / "static", self.data / "static")
        # Where machines are two, a folder of the first one's that is mounted.
        (self.data / "media").symlink_to(self.site.data / "media")
        for program in (*self._doors, self.web, self.realtime):
            program.start()
        for port in (WEB_PORT, REALTIME_PORT):
            self._wait_for(f"http://{self.machines.second_address}:{port}/health/ready")

    def stop(self) -> None:
        """End it."""
        for program in (self.web, self.realtime, *self._doors):
            program.stop()

    def manage(self, *args: str) -> str:
        """Run a management command there; return what it said."""
        command = [*self.machines.on_second(), sys.executable, "manage.py", *args]
        done = subprocess.run(
            command,
            cwd=_BASE,
            env={**os.environ, **self._env, "LC_ALL": "en_US.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout + done.stderr

    def _door(self, name: str, here: str, there: str, *, on: list[str] | None = None) -> Program:
        """Return what takes connections `here` and passes them on, as a socket unit of systemd does."""
        args = [*(on or []), "systemd-socket-activate", "-l", here, _PASS_ON, there]
        return Program(f"door-{name}", args, log=self.site.data / "log" / f"door-{name}.log")

    def _program(self, name: str, args: list[str]) -> Program:
        log = self.site.data / "log" / f"second-{name}.log"
        return Program(f"second {name}", args, log=log, cwd=_BASE, env=self._env)

    def _wait_for(self, url: str) -> None:
        try:
            wait_until(lambda: _is_well(url), timeout=60, what=url)
        except ServerError as exc:
            raise ServerError(f"{exc}\n{self.web.tail()}\n{self.realtime.tail()}") from None


@contextlib.contextmanager
def site_on(machines: Machines, **env: str) -> Iterator[SecondMachine]:
    """Run a site on both; its front, on the first, sends people to either."""
    for name, value in KEEPALIVE.items():
        set_here(name, value)
    more = {
        "FRONT_MORE_WEB": f"{machines.second_address}:{WEB_PORT}",
        "FRONT_MORE_REALTIME": f"{machines.second_address}:{REALTIME_PORT}",
    }
    with fronted_site(also=machines.first_address, **more, **env) as site:
        second = SecondMachine(site, machines)
        try:
            second.start()
            yield second
        finally:
            second.stop()


def at(url: str, host: str, user: str) -> str:
    """Return the address of a server as another machine reaches it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{PASSWORD}@{host}:{parts.port}"))


def _is_well(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        return False
