"""Measures how old the pictures are that a viewer sees: `python -m tests.load.browser_delay`.

A clock is burnt into the frames when the publisher makes them and read back from the pixels in
Chromium, when they are shown; in between are ffmpeg, nginx-rtmp, the relay and the player. Then the
network stands still for three seconds, and the way back is measured.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Settings for tests first: the site needs its secrets.
import tests.settings  # noqa: F401
from tests.load import burnt_clock
from tests.servers.browser import chromium
from tests.servers.site import Site, running_site
from tests.servers.stalling_proxy import stalling_proxy

_BASE = Path(__file__).resolve().parent.parent.parent
SETTLING = 6  # Seconds after joining that do not count.
STALL = 3.0
BACK_WITHIN = 0.5  # Seconds of the delay before the stall …
BACK_AFTER = 15  # … that it has to be back in, this long after the network came back.

_PREPARE = """
from accounts.models import User
from rooms.services import open_room
from streams.services import key_of
user = User.objects.create_user(username="clock", email="clock@example.org", password="burnt-clock")
room = open_room(owner=user, title="Clock")
print(room.room_id, key_of(user))
"""

_WATCH = (
    "() => { const readAge = "
    + burnt_clock.READ_AGE.strip()
    + """;
  const video = document.querySelector("[data-player-video]");
  window.frames = [];
  const step = (now, { expectedDisplayTime }) => {
    const shownAt = expectedDisplayTime ?? now;
    window.frames.push([shownAt / 1000, readAge(video, performance.timeOrigin + shownAt)]);
    video.requestVideoFrameCallback(step);
  };
  video.requestVideoFrameCallback(step);
}"""
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds."""

    first_frame: float  # From the page's start to the first picture.
    p50: float
    p95: float
    shown: float  # What the player itself claims, at the end of the calm.
    after_stall: float  # p50 of the last five seconds.
    back_after: float | None  # From the network's return until the delay stays near the old one.
    frames: int
    unreadable: int

    def lines(self) -> list[str]:
        """Return the figures as rows of a table."""
        back = f"{self.back_after:.1f} s" if self.back_after is not None else "not at all"
        return [
            "| browser delay, publisher's clock to pixels | measured | target |",
            "|---|---|---|",
            f"| first picture after opening the page | {self.first_frame:.2f} s | |",
            f"| p50 | {self.p50:.2f} s | ≤ 1.2 s |",
            f"| p95 | {self.p95:.2f} s | |",
            f"| what the player shows | {self.shown:.1f} s | |",
            f"| back within {BACK_WITHIN} s of it after a {STALL:.0f} s stall | {back} | ≤ {BACK_AFTER} s |",
            f"| p50 {BACK_AFTER} s after the stall | {self.after_stall:.2f} s | |",
        ]


@contextlib.contextmanager
def _publishing(url: str) -> Iterator[None]:
    """Send the burnt clock to `url` while the block runs."""
    with tempfile.TemporaryFile() as log:
        frames = subprocess.Popen(
            [sys.executable, "-m", "tests.load.burnt_clock"], cwd=_BASE, stdout=subprocess.PIPE
        )
        begin = ["ffmpeg", "-hide_banner", "-loglevel", "error"]
        args = [*begin, *burnt_clock.encoder_args(), "-f", "flv", url]
        encoder = subprocess.Popen(args, stdin=frames.stdout, stdout=log, stderr=log)
        try:
            yield
        finally:
            for process in (encoder, frames):
                process.terminate()
                process.wait(5)


def measure(seconds: float = 20) -> Figures:
    """Run a site, a publisher and a browser; return what was seen."""
    with running_site() as site, stalling_proxy(site.addresses.port) as proxy:
        room_id, key = site.python(_PREPARE).split()
        with _publishing(f"{site.rtmp_url}/{key}"), chromium() as browser:
            _wait_until_live(site, room_id)
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{proxy.port}/rooms/{room_id}/")
            page.evaluate(_WATCH)
            page.wait_for_timeout((SETTLING + seconds) * 1000)
            shown = page.locator("[data-player-delay]").inner_text()
            stalled_at = page.evaluate("performance.now() / 1000")
            proxy.stall()
            page.wait_for_timeout(STALL * 1000)
            proxy.flow()
            back_at = page.evaluate("performance.now() / 1000")
            page.wait_for_timeout((BACK_AFTER + 5) * 1000)
            frames = page.evaluate("frames")
    return _figures(frames, shown=shown, stalled_at=stalled_at, back_at=back_at)


def _wait_until_live(site: Site, room_id: str) -> None:
    asked = f"from rooms.models import Room; print(Room.objects.get(room_id={room_id!r}).state)"
    for _ in range(20):
        if site.python(asked).strip() == "live":
            return
    raise AssertionError("The room did not go live.")


def _figures(frames: list[Any], *, shown: str, stalled_at: float, back_at: float) -> Figures:
    ages = [(at, age / 1000) for at, age in frames if age is not None and age == age]  # noqa: PLR0124 - NaN
    calm = [age for at, age in ages if SETTLING < at < stalled_at]
    before = statistics.median(calm)
    late = [at for at, age in ages if at > back_at and age > before + BACK_WITHIN]
    end = ages[-1][0]
    back = max(late, default=back_at) - back_at
    return Figures(
        first_frame=frames[0][0],
        p50=before,
        p95=statistics.quantiles(calm, n=20)[-1],
        shown=float(shown.split(maxsplit=1)[0].replace(",", ".")),
        after_stall=statistics.median(age for at, age in ages if at > end - 5),
        back_after=back if back < end - back_at - 2 else None,
        frames=len(frames),
        unreadable=len(frames) - len(ages),
    )


def main() -> int:
    """Print the figures; return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of calm to measure (20)")
    found = measure(parser.parse_args().seconds)
    sys.stdout.write("\n".join(found.lines()) + "\n")
    sys.stdout.write(f"\n{found.frames} frames read, {found.unreadable} unreadable.\n")
    back = found.back_after is not None and found.back_after <= BACK_AFTER
    return 0 if found.p50 <= 1.2 and back else 1


if __name__ == "__main__":
    os.chdir(_BASE)
    sys.exit(main())
