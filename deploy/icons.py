"""Draws static/icons.svg anew from lucide: what is in it, and what is named. For developers, by hand:

npm pack lucide-static@VERSION && tar xzf lucide-static-*.tgz
.venv/bin/python -m deploy.icons package/icons [--only-used] [name of a new icon …]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPRITE = ROOT / "static" / "icons.svg"
_WHERE = [("templates", "*.html"), ("static/js", "*.js")]
_WHERE += [(app, "*.py") for app in ("accounts", "chat", "rooms", "streair", "streams")]


def drawn() -> set[str]:
    """Return the names of the icons that are in the sprite."""
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


def used(names: set[str]) -> set[str]:
    """Return those of `names` that stand in quotes somewhere in templates, scripts or Python."""
    found: set[str] = set()
    for folder, pattern in _WHERE:
        for path in (ROOT / folder).rglob(pattern):
            found |= set(re.findall(r"""["'#]([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")))
    return names & found


def symbol(name: str, drawing: str) -> str:
    """Return lucide's file as a symbol of the sprite."""
    inside = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if inside is None:
        raise ValueError(f"{name} is no drawing.")
    lines = " ".join(line.strip() for line in inside[1].split("\n")).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>'


def main(folder: Path, new: list[str], *, only_used: bool) -> None:
    """Write the sprite; with `only_used`, without what no page names."""
    names = sorted((used(drawn()) if only_used else drawn()) | set(new))
    symbols = [
        symbol(name, Path(folder, f"{name}.svg").read_text(encoding="utf-8")) for name in names
    ]
    text = "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])
    SPRITE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    named = [name for name in sys.argv[2:] if not name.startswith("--")]
    main(Path(sys.argv[1]), named, only_used="--only-used" in sys.argv)
