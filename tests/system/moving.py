"""Somebody who watches as our page does: where the stream breaks off, they ask the site for it again."""

from __future__ import annotations

import itertools
import random
import threading
from typing import Self
from urllib.parse import urlencode, urlsplit

import requests

from streams.flv_endpoint import PREFIX
from tests.servers.site import Site
from tests.system.viewer import Viewer

# As the player does (static/js/player, retry.js): half to all of these, and the first one again after a steady while.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)


def sent_to(site: Site, room: str, *, lost: str = "", **headers: str) -> str:
    """Return the address that a viewer is sent to, or "" when the site serves them itself."""
    url = address(site, room, lost=lost)
    with requests.get(
        url, headers=headers, stream=True, allow_redirects=False, timeout=10
    ) as answer:
        return answer.headers.get("Location", "")


def address(site: Site, room: str, *, lost: str = "") -> str:
    """Return what the player asks for; `lost`: of which edge it was lost."""
    query = f"?{urlencode({'lost': lost})}" if lost else ""
    return f"{site.url}{PREFIX}{room}.flv{query}"


class MovingViewer(threading.Thread):
    """Watches until the block ends."""

    def __init__(self, site: Site, room: str) -> None:
        super().__init__(name=f"moving viewer of {room}")
        self._site, self._room = site, room
        self._over = threading.Event()
        self.visits: list[Viewer] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join(30)
        assert not self.is_alive(), "the viewer does not leave"

    def run(self) -> None:
        lost, failures = "", 0
        while not self._over.is_set():
            place = self._watch(lost)
            lost, failures = place or lost, failures + 1
            pause = PAUSES[min(failures, len(PAUSES)) - 1]
            self._over.wait(random.uniform(pause / 2, pause))

    @property
    def port(self) -> int:
        """Where they watch, or watched last."""
        return self.visits[-1].port

    @property
    def arrivals(self) -> list[float]:
        """When pictures and sound came, of all visits."""
        return [at for visit in self.visits for at in visit.arrivals]

    def has_pictures_since(self, moment: float, *, count: int = 25) -> bool:
        """Whether so many came, and may be shown: the first of them is one to begin with, or goes on."""
        return sum(at > moment for at in self.arrivals) >= count

    def away(self, since: float) -> float:
        """Return the longest time without anything, of those that ended later."""
        pairs = itertools.pairwise(self.arrivals)
        return max(after - before for before, after in pairs if after > since)

    def _watch(self, lost: str) -> str:
        """Watch until the stream ends; return at which server, or nothing when there was none."""
        try:
            here = address(self._site, self._room, lost=lost)
            url = sent_to(self._site, self._room, lost=lost) or here
            visit = Viewer(self._site, self._room, url=url)
        except OSError:  # An edge that is gone refuses connections.
            return ""
        with visit:
            self.visits.append(visit)
            while not (self._over.is_set() or visit.ending):
                self._over.wait(0.02)
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if visit.status == 200 else ""
