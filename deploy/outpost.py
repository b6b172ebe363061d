"""How this edge or ingest node does, and what it is not meant to have; `manage.py doctor` is for machines of a site.

python -m deploy.outpost [--settings-only] [--wait SECONDS]     as the user that it runs as
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

import requests

from streair import env, roles
from streams.edge.config import BadConfig
from streams.edge.config import Config as EdgeConfig
from streams.sidecar.node.config import Config as NodeConfig
from streams.sidecar.setup import BadSetup, Setup

_NOT_HERE = "database, Redis, worker, secrets of the site: not on this machine."
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what it is bound to.


@dataclass(frozen=True, slots=True)
class Place:
    """Where its own `/health` is."""

    url: str
    token: str

    @classmethod
    def of(cls, role: str) -> Place:
        """Read the settings. Raises BadConfig, BadSetup or ValueError, which say what to change."""
        if role == roles.EDGE:
            edge = EdgeConfig.from_environment()
            return cls(_url(edge.host, edge.port), edge.metrics_token)
        node = NodeConfig.from_environment(Setup.from_environment())
        return cls(_url(node.host, node.port), node.metrics_token)

    def ask(self) -> dict[str, Any]:
        """Return what it says of itself; nothing when it does not answer."""
        headers = {"Accept-Language": "en"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            told: dict[str, Any] = requests.get(self.url, headers=headers, timeout=5).json()
        except (requests.RequestException, ValueError):
            return {}
        return told


def main() -> int:
    """Say it; return 0 when all is well, 1 when something is not, 2 when settings are wrong."""
    parser = argparse.ArgumentParser(description="How this edge or ingest node does.")
    parser.add_argument("--settings-only", action="store_true", help="look at nothing else")
    parser.add_argument("--wait", type=float, default=0, help="seconds that it gets to become well")
    asked = parser.parse_args()
    role = env.text("MACHINE_ROLE")
    if role not in roles.OUTPOSTS:
        print("MACHINE_ROLE names no edge and no ingest node.", file=sys.stderr)
        return 2
    try:
        place = Place.of(role)
    except (BadConfig, BadSetup, ValueError) as exc:
        print(exc, file=sys.stderr)
        return 2
    return 0 if asked.settings_only else _show(role, place, asked.wait)


def _show(role: str, place: Place, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while (told := place.ask()).get("status") != "ok" and time.monotonic() < deadline:
        time.sleep(0.5)
    print(f"✓ This is {roles.OUTPOSTS[role]}; {_NOT_HERE}")
    if not told:
        print(f"✗ Nothing answers at {place.url}: journalctl -u streair-{role}")
        return 1
    for name, state in told["parts"].items():
        problem = told.get("details", {}).get(name, {}).get("problem", "")
        print(f"{'✓' if state == 'ok' else '✗'} {name:<8} {problem or state}")
    return 0 if told["status"] == "ok" else 1


def _url(host: str, port: int) -> str:
    host = _EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/health"


if __name__ == "__main__":
    sys.exit(main())
