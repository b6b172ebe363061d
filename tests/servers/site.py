"""A whole StreAir for tests: sidecar, web and worker as `make run` starts them, on free ports."""

from __future__ import annotations

import configparser
import contextlib
import itertools
import os
import shlex
import signal
import ssl
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from deploy.addresses import Addresses
from deploy.processes import nginx_in
from tests.servers.collected import bring_static_files, keep_static_files
from tests.servers.leaks import assert_no_secrets_logged
from tests.servers.process import Program, ServerError, free_port, wait_until

_BASE = Path(__file__).resolve().parent.parent.parent
_redis_numbers = itertools.count(17 + 20 * (os.environ.get("PYTEST_XDIST_WORKER") == "gw1"))

# Host, port, and what to connect with if not in plain.
Door = tuple[str, int, ssl.SSLContext | None]


class Site:
    """One running copy. Its parts are programs: kill them, start them again, read their logs."""

    def __init__(self, data: Path, env: dict[str, str]) -> None:
        self.data = data
        self.addresses = Addresses(
            port=free_port(),
            rtmp_port=free_port(),
            sidecar_port=free_port(),
            rtmp_app="live",
            client_url="",
            rtmp_public_url="",
        )
        self.env = {
            "DJANGO_SETTINGS_MODULE": "streair.settings",
            "DATA_DIR": str(data),
            "PORT": str(self.addresses.port),
            "RTMP_PORT": str(self.addresses.rtmp_port),
            "SIDECAR_PORT": str(self.addresses.sidecar_port),
            # Every test comes from the same address.
            "RATE_LIMIT_ENABLED": "0",
            "PYTHONUNBUFFERED": "1",
            "STREAIR_RUN": str(data / "run"),
            **env,
        }
        self.sidecar, self.web, self.worker = map(self._part, ("sidecar", "web", "worker"))
        self.parts = [self.sidecar, self.web, self.worker]

    @property
    def url(self) -> str:
        """The site's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.addresses.port}"

    @property
    def door(self) -> Door:
        """Where viewers connect, and how if not in plain."""
        return "127.0.0.1", self.addresses.port, None

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.addresses.port}/ws/"

    @property
    def rtmp_url(self) -> str:
        """What streamers paste into OBS as the server; the stream key follows a slash."""
        return f"rtmp://127.0.0.1:{self.addresses.rtmp_port}/live"

    @property
    def sidecar_url(self) -> str:
        """The sidecar's own HTTP side."""
        return f"http://127.0.0.1:{self.addresses.sidecar_port}"

    def start(self) -> None:
        """Prepare the data as `make run` does, start every part, wait for the site."""
        self.prepare()
        for part in self.parts:
            part.start()
        self.wait_until_ready()

    def prepare(self) -> None:
        """Make folders, tables and static files."""
        for folder in ("run", "log", "media"):
            (self.data / folder).mkdir(exist_ok=True)
        bring_static_files(self.data)
        self._call("-m", "deploy.prepare")
        keep_static_files(self.data)

    def wait_until_ready(self, timeout: float = 60) -> None:
        """Return once web and sidecar answer; raise with their logs at the deadline."""
        try:
            wait_until(self.addresses.answer, timeout=timeout, what="the site to be ready")
        except ServerError as exc:
            logs = "\n".join(f"--- {part.name}\n{part.tail()}" for part in self.parts)
            raise ServerError(f"{exc}\n{logs}") from None

    def nginx_pids(self) -> list[int]:
        """Return the ids of the sidecar's nginx, master first; the part itself only watches it."""
        return sorted(nginx_in(self.data))

    def stop(self) -> None:
        """End all parts at the same time."""
        for part in self.parts:
            if part.is_running():
                part.signal(signal.SIGTERM)
        for part in self.parts:
            part.stop()

    def python(self, code: str) -> str:
        """Run Python with Django set up, on the site's data; return what it printed."""
        setup = "import django; django.setup()\n"
        return self._call("-c", setup + code)

    def manage(self, *args: str) -> str:
        """Run a management command on the site's data; return what it printed."""
        return self._call("manage.py", *args)

    def _part(self, name: str) -> Program:
        """Return the part with the very command line that the supervisor uses."""
        config = configparser.RawConfigParser(inline_comment_prefixes=(";",))
        config.read(_BASE / "deploy/supervisord.conf")
        command = config[f"program:{name}"]["command"]
        command = command.replace("%(here)s", str(_BASE / "deploy"))
        command = command.replace("%(ENV_STREAIR_PYTHON)s", sys.executable)
        log = self.data / "log" / f"{name}.log"
        return Program(name, shlex.split(command), log=log, cwd=_BASE, env=self.env)

    def _call(self, *args: str) -> str:
        done = subprocess.run(
            [sys.executable, *args],
            cwd=_BASE,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,  # The first one collects static files: seconds, on a machine with nothing else to do.
        )
        if done.returncode:
            raise ServerError(f"{args[-1]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextlib.contextmanager
def running_site(**env: str) -> Iterator[Site]:
    """Run a StreAir of its own; `env` adds to or replaces its environment variables."""
    with prepared_site(**env) as site:
        for part in site.parts:
            part.start()
        site.wait_until_ready()
        yield site


@contextlib.contextmanager
def prepared_site(**env: str) -> Iterator[Site]:
    """The same, with no part running yet."""
    with tempfile.TemporaryDirectory(prefix="streair-site-") as folder, _database() as database:
        redis_url = os.environ.get("REDIS_URL", "")
        if redis_url:
            redis_url = _with_path(redis_url, str(next(_redis_numbers)))
        site = Site(Path(folder), {"DATABASE_URL": database, "REDIS_URL": redis_url, **env})
        try:
            site.prepare()
            yield site
        finally:
            site.stop()
        assert_no_secrets_logged((site.data / "log").iterdir(), site.env)


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Yield the URL of a database of its own beside the tests'; empty for SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield _with_path(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))
