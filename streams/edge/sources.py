"""Where an edge reads a room: at the edge before it, and at the site itself when that one does not give it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streams.edge.config import PATH, Config
from streams.edge.origin import Origin
from streams.edge.tickets import Purpose, Ticket, sign
from streams.relay.errors import RelayError, UpstreamSilent
from streams.relay.upstream import Opener, Upstream, open_upstream

# For so long a room that EDGE_UPSTREAM did not give, or stopped giving, is looked for at the site first.
ELSEWHERE_SECONDS = 10.0


class Sources:
    """Says where each room is to be read next, and remembers where that did not go well."""

    def __init__(self, config: Config, origin: Origin, *, opener: Opener = open_upstream) -> None:
        self._config = config
        self._origin = origin
        self._opener = opener
        self._failed: dict[str, float] = {}  # When, by address without its ticket.

    async def locate(self, room: str) -> str:
        """Return where a room is read, with a fresh ticket: asked anew for every connection."""
        ticket = sign(Ticket(room), Purpose.PULL, secret=self._config.secret)
        return f"{self._server_of(room)}{PATH}{room}.flv?ticket={ticket}"

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Upstream]:
        """Open it, and take note when it breaks. (Silence may be the streamer's; `Origin` knows of others.)"""
        try:
            async with self._opener(url) as upstream:
                yield upstream
        except UpstreamSilent:
            raise
        except RelayError:
            self._note_failure(url.partition("?")[0])
            raise

    def _server_of(self, room: str) -> str:
        upstream, site = self._config.upstream, self._config.site
        failed = self._failed.get(f"{upstream}{PATH}{room}.flv", float("-inf"))
        is_given = time.monotonic() >= failed + ELSEWHERE_SECONDS
        return upstream if is_given and not self._origin.upstream_is_away else site

    def _note_failure(self, place: str) -> None:
        now = time.monotonic()
        recent = {each: at for each, at in self._failed.items() if now < at + ELSEWHERE_SECONDS}
        self._failed = recent | {place: now}
