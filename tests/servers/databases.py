"""PostgreSQL and Redis, thrown away afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.servers.process import Program, ServerError, free_port, wait_until

# What other machines show.
PASSWORD = "a-word-among-machines"


@contextlib.contextmanager
def redis_server(*, also: str = "") -> Iterator[tuple[Program, str]]:
    """Run a Redis that saves nothing; yield it with its URL. `also`: an address besides, for other machines."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="streair-redis-") as folder:
        args = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", folder]
        args += ["--save", "", "--appendonly", "no", "--databases", "64"]
        if also:
            args += ["--bind", "127.0.0.1", also, "--requirepass", PASSWORD]
        login = f":{PASSWORD}@" if also else ""
        with Program("redis", args, log=Path(folder, "redis.log")) as program:
            program.wait_for_port(port)
            yield program, f"redis://{login}127.0.0.1:{port}/0"


def _postgres_program(name: str) -> str:
    """Return the newest installed PostgreSQL program; Debian keeps them off the PATH."""
    found = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    found.sort(key=lambda path: int(path.split("/")[4]))
    program = found[-1] if found else shutil.which(name)
    if not program:
        raise ServerError(f"PostgreSQL's {name} is not installed.")
    return program


def _is_ready(port: int) -> bool:
    """Ask whether it takes clients: the port opens a little earlier."""
    asked = [_postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(asked, check=False).returncode == 0


@contextlib.contextmanager
def postgres_server(*, also: str = "") -> Iterator[tuple[Program, str]]:
    """Run a PostgreSQL that trusts everybody and fears no crash; yield it with its URL.

    `also`: an address besides, for other machines, which need the password.
    """
    port = free_port()
    user = "postgres" if os.geteuid() == 0 else None  # It refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="streair-postgres-"))
    data = folder / "data"
    try:
        if user:
            shutil.chown(folder, user, user)
        initdb = [_postgres_program("initdb"), "-D", str(data), "-U", "streair", "-A", "trust"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        subprocess.run(
            initdb,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        if also:
            with (data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all streair {also}/24 scram-sha-256\n")
        addresses = f"127.0.0.1,{also}" if also else "127.0.0.1"
        options = {"listen_addresses": addresses, "unix_socket_directories": str(folder)}
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options |= {"max_connections": "200", "port": str(port)}
        args = [_postgres_program("postgres"), "-D", str(data)]
        args += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        with Program(
            "postgres", args, log=folder / "log", user=user, stop_signal=signal.SIGINT
        ) as program:
            program.wait_for_port(port)
            wait_until(lambda: _is_ready(port), what="PostgreSQL to be ready")
            url = f"postgres://streair@127.0.0.1:{port}/postgres"
            if also:
                with psycopg.connect(url) as connection:
                    connection.execute(f"ALTER ROLE streair PASSWORD '{PASSWORD}'".encode())
            yield program, url
    finally:
        shutil.rmtree(folder, ignore_errors=True)
