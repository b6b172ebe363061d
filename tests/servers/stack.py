"""Runs a command beside a fresh PostgreSQL and Redis: `python -m tests.servers.stack pytest …`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.servers.databases import postgres_server, redis_server


def main() -> int:
    """Return the command's exit status."""
    with postgres_server() as (postgres, database_url), redis_server() as (redis, redis_url):
        env = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
        env["STACK_PIDS"] = f"{postgres.pid} {redis.pid}"
        return subprocess.run(sys.argv[1:], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
