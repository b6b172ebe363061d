"""Measures what the home page and a room on air cost: `python -m tests.load.page_weight`.

In Chromium, slowed down to a quarter, against a site of its own with a stream on air: requests, bytes,
layout shift, the largest paint, the first picture, medians of five visits. Then Lighthouse judges both pages in both themes.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# Settings for tests first: the site needs its secrets.
import tests.settings  # noqa: F401
from tests.e2e.live import LiveRoom, open_room, wait_for_pictures
from tests.e2e.weighing import WATCH_PAINTS, weigh
from tests.servers.browser import chromium
from tests.servers.publisher import publishing
from tests.servers.site import Site, running_site

_BASE = Path(__file__).resolve().parent.parent.parent
_LIGHTHOUSE = _BASE / "tests/lighthouse/node_modules/lighthouse/cli/index.js"
SLOWER = 4
ROUNDS = 5
WANTED = {"shift": 0.02, "largest": 1000, "picture": 1500}
WANTED_SCORE = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def measure(site: Site, path: str) -> dict[str, float]:
    """Open `path` as somebody who was never here, on a slow machine; return what it took."""
    with chromium() as browser:
        context = browser.new_context(base_url=site.url, locale="vi-VN")
        page = context.new_page()
        page.add_init_script(WATCH_PAINTS)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        weight = weigh(page, path, ready=_when_settled)
        paints = page.evaluate("() => window.paints")
        figures = {name: paints[name] for name in WANTED}
        context.close()
    return {
        "requests": weight.requests,
        "kilobytes": weight.total / 1000,
        "script kilobytes": weight.scripts / 1000,
        **figures,
    }


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def _when_settled(page: Any) -> None:
    page.wait_for_load_state("load")
    if page.locator("[data-player]").count():
        wait_for_pictures(page, 5)
    page.wait_for_timeout(1500)


def judge(url: str, theme: str) -> dict[str, int]:
    """Return Lighthouse's scores of `url`, of 100, as a desktop."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *("node", str(_LIGHTHOUSE), url, "--quiet", "--output=json", "--preset=desktop"),
            *("--output-path", f"{folder}/report.json", "--max-wait-for-load=30000"),
            f"--only-categories={','.join(CATEGORIES)}",
            f"--extra-headers={json.dumps({'Cookie': f'theme={theme}; language=vi'})}",
            "--chrome-flags=--headless --no-sandbox --disable-gpu",
        ]
        env = {"CHROME_PATH": shutil.which("chromium") or "", "PATH": _path(), "HOME": folder}
        subprocess.run(command, check=True, env=env, timeout=240)
        report = json.loads(Path(folder, "report.json").read_text())
    for name in CATEGORIES:
        for audit in report["categories"][name]["auditRefs"]:
            found = report["audits"][audit["id"]]
            if found["score"] is not None and found["score"] < 0.9 and audit["weight"]:
                sys.stderr.write(
                    f"  {theme} {url}: {found['title']}: {found.get('displayValue', '')}\n"
                )
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}


def _path() -> str:
    return f"{_BASE / '.venv/bin'}:/usr/local/bin:/usr/bin:/bin"


def main() -> int:
    """Print the tables; return whether anything is worse than wanted."""
    is_bad = False
    with running_site(PICTURE_SECONDS="90") as site, tempfile.TemporaryDirectory() as folder:
        room: LiveRoom = open_room(site)
        with publishing(room.publish_url, Path(folder, "log")):
            room.wait_until("live")
            room.wait_for_photograph()
            pages = {"home": "/", "watch": room.path}
            sys.stdout.write(
                f"| page, {SLOWER}x slower CPU | {' | '.join(_HEADS)} |\n|---|{'---|' * len(_HEADS)}\n"
            )
            for name, path in pages.items():
                found = median([measure(site, path) for _ in range(ROUNDS)])
                cells = [f"{found[key]:.3g}" for key in _HEADS]
                sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
                is_bad |= any(found[key] > most for key, most in WANTED.items())
            sys.stdout.write(f"\n| Lighthouse | {' | '.join(CATEGORIES)} |\n|---|{'---|' * 4}\n")
            for name, path in pages.items():
                for theme in ("light", "dark"):
                    scores = judge(site.url + path, theme)
                    cells = [str(scores[key]) for key in CATEGORIES]
                    sys.stdout.write(f"| {name}, {theme} | {' | '.join(cells)} |\n")
                    is_bad |= min(scores.values()) < WANTED_SCORE
    return int(is_bad)


_HEADS = ("requests", "kilobytes", "script kilobytes", *WANTED)


if __name__ == "__main__":
    sys.exit(main())
