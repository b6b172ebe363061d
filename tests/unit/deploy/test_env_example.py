"""`.env.example` names every variable that is read, and no other."""

from __future__ import annotations

import re
from pathlib import Path

BASE = Path(__file__).resolve().parents[3]
READ = re.compile(
    r'(?:env\.(?:text|flag|number|words|duration|mail)|_secret|_address|environ\.get)\(\s*"([A-Z_]+)"'
)
NAMED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def test_it_names_what_is_read_and_nothing_else() -> None:
    sources = [
        BASE / "streair/env.py",
        BASE / "streair/logs.py",
        BASE / "streair/settings.py",
        BASE / "streams/edge/config.py",
        BASE / "streams/outpost/guard.py",
        BASE / "streams/sidecar/setup.py",
        BASE / "streams/sidecar/node/config.py",
        *(BASE / "deploy").glob("*.py"),
    ]
    read = {name for path in sources for name in READ.findall(path.read_text())}

    named = NAMED.findall((BASE / ".env.example").read_text())

    assert sorted(named) == sorted(read)
