"""Measures how many times faster our list of rooms is than a plain DRF ModelViewSet's.

`python -m tests.load.room_list`: 500 live rooms, 50 a page, over HTTP, all from the same server
process; the lists take turns, and each round has its own ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass

# Settings for tests first: the site needs its secrets.
import tests.settings  # noqa: F401
from tests.load.site import DEFAULTS
from tests.load.subject import LOAD_CORE, SERVER_CORE, pinned
from tests.servers.site import Site, running_site

ROOMS, PAGE, CONNECTIONS = 500, 50, 8
AT_LEAST = 5.0
PLAIN = f"/api/plain-rooms?limit={PAGE}"
CACHED = f"/api/rooms?limit={PAGE}"
UNCACHED = f"/api/uncached-rooms?limit={PAGE}"

_PREPARE = f"""
from django.utils.timezone import now
from accounts.models import User
from rooms.models import Category, Room
from rooms.search import search_key_of
users = User.objects.bulk_create(
    User(username=f"bench{{n}}", email=f"bench{{n}}@example.org", display_name=f"Người phát {{n}}")
    for n in range({ROOMS})
)
category = Category.objects.first()
rooms = [
    Room(owner=user, category=category, title=f"Trận đấu số {{n}}", description="Chào mọi người. " * 8,
         tags=["trận-đấu", "đêm-khuya"], state="live", live_since=now())
    for n, user in enumerate(users)
]
for room in rooms:
    room.search_key = search_key_of(room)
Room.objects.bulk_create(rooms)
"""


@dataclass(frozen=True, slots=True)
class Round:
    """Requests a second of each list."""

    plain: float
    uncached: float
    cached: float


def main() -> int:
    """Return 0 when the list is fast enough, 1 when it is not."""
    options = _options()
    os.sched_setaffinity(0, {LOAD_CORE})
    # Requests are counted as anywhere; the bench only has more of them.
    env = {**DEFAULTS, "RATE_LIMIT_ENABLED": "1", "RATE_LIMIT_MAX_REQUESTS": str(10**9)}
    with (
        pinned(SERVER_CORE),
        running_site(DJANGO_SETTINGS_MODULE="tests.load.plain_settings", **env) as site,
    ):
        site.python(_PREPARE)
        os.sched_setaffinity(0, {LOAD_CORE})
        rounds = asyncio.run(_measure(site, rounds=options.rounds, seconds=options.seconds))
    lines, is_met = _report(rounds)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if is_met else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of each list in a round")
    return parser.parse_args()


async def _measure(site: Site, *, rounds: int, seconds: float) -> list[Round]:
    pages = [json.loads(await _get(site, target)) for target in (PLAIN, UNCACHED, CACHED)]
    names = [sorted(rows[0]) for rows in (pages[0]["results"], *pages[1:])]
    assert len(pages[1]) == len(pages[2]) == len(pages[0]["results"]) == PAGE
    assert names[0] == names[1] == names[2], "the lists do not say the same"
    return [
        Round(*[await _rate(site, target, seconds) for target in (PLAIN, UNCACHED, CACHED)])
        for _ in range(rounds)
    ]


async def _rate(site: Site, target: str, seconds: float) -> float:
    """Return how many requests a second the server answers to a few clients that never rest."""
    until = time.perf_counter() + seconds
    begun = time.perf_counter()
    done = await asyncio.gather(*(_ask(site, target, until) for _ in range(CONNECTIONS)))
    return sum(done) / (time.perf_counter() - begun)


async def _ask(site: Site, target: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.addresses.port)
    done = 0
    try:
        while time.perf_counter() < until:
            await _exchange(reader, writer, target)
            done += 1
    finally:
        writer.close()
    return done


async def _get(site: Site, target: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.addresses.port)
    try:
        return await _exchange(reader, writer, target)
    finally:
        writer.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str
) -> bytes:
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
    return await reader.readexactly(int(length))


def _report(rounds: list[Round]) -> tuple[list[str], bool]:
    """Return the figures as rows of a table, and whether the target is met."""

    plain, anew, kept = (
        statistics.median(figures)
        for figures in zip(
            *[(each.plain, each.uncached, each.cached) for each in rounds], strict=True
        )
    )
    cached = statistics.median(each.cached / each.plain for each in rounds)
    uncached = statistics.median(each.uncached / each.plain for each in rounds)
    lines = [
        f"| list of {ROOMS} live rooms, {PAGE} a page | requests/s | times the plain one | target |",
        "|---|---|---|---|",
        f"| plain DRF ModelViewSet | {plain:.0f} | | |",
        f"| ours, made anew | {anew:.0f} | {uncached:.1f} | |",
        f"| ours, as clients get it | {kept:.0f} | {cached:.1f} | ≥ {AT_LEAST:.0f} |",
    ]
    return lines, cached >= AT_LEAST


if __name__ == "__main__":
    sys.exit(main())
