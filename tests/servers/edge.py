"""An edge (`make edge`), which runs beside a site on a port of its own and has no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Self

from tests.servers.leaks import assert_no_secrets_logged
from tests.servers.process import Program, answers, wait_until

SECRET = "an-edge-and-its-site-share-this-9f3b7c"
_BASE = Path(__file__).resolve().parent.parent.parent
_NOWHERE = "postgres://nobody@127.0.0.1:9/none"


class Edge:
    """One that runs on a port of its own."""

    def __init__(
        self, folder: Path, port: int, site: str, *, upstream: str = "", secret: str = SECRET
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        env = {
            "DJANGO_SETTINGS_MODULE": "",
            "DATABASE_URL": _NOWHERE,
            "REDIS_URL": "",
            "DATA_DIR": str(folder / f"edge-{port}"),
            "PORT": str(port),
            "EDGE_HOST": "127.0.0.1",
            "EDGE_SITE": site,
            "EDGE_UPSTREAM": upstream,
            "EDGE_URL": self.url,
            "EDGE_SECRET": secret,
        }
        args = [sys.executable, "-m", "streams.edge"]
        self.program = Program(
            f"edge {port}", args, log=folder / f"edge-{port}.log", cwd=_BASE, env=env
        )

    def __enter__(self) -> Self:
        self.program.start()
        wait_until(lambda: answers(self.port), what=self.program.name)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.program.stop()
        if kind is None:
            assert_no_secrets_logged([self.program.log], self.program.env)
