"""Where an edge of a tree reads: at the edge before it, and at the site when that one fails it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from streams.edge import sources
from streams.edge.config import Config
from streams.edge.origin import Origin
from streams.edge.sources import Sources
from streams.edge.tickets import Purpose, Ticket, read
from streams.relay.errors import RelayError, UpstreamError, UpstreamRefused, UpstreamSilent
from tests.unit.streams.edge.conftest import Site

SITE, NEAR = "https://live.example.org", "https://near.example.org"
SECRET = "s" * 32


class Tree:
    """An edge that reads from another one."""

    def __init__(self) -> None:
        config = Config(SITE, NEAR, "https://far.example.org", SITE, SECRET)
        self.origin = Origin(config)
        self.sources = Sources(config, self.origin, opener=self._open)

    @asynccontextmanager
    async def _open(self, _url: str) -> AsyncIterator[Any]:
        yield None

    async def server_of(self, room: str) -> str:
        parts = urlsplit(await self.sources.locate(room))
        ticket = parse_qs(parts.query)["ticket"][0]
        assert read(ticket, Purpose.PULL, secret=SECRET) == Ticket(room)
        assert parts.path == f"/api/stream-proxy/live/{room}.flv"
        return f"{parts.scheme}://{parts.netloc}"

    async def lose(self, room: str, fault: RelayError) -> None:
        with pytest.raises(type(fault)):
            async with self.sources.open(await self.sources.locate(room)):
                raise fault


@pytest.fixture
def tree() -> Tree:
    return Tree()


@pytest.mark.parametrize("fault", [UpstreamError("gone"), UpstreamRefused("full"), RelayError()])
async def test_a_room_that_the_edge_before_does_not_give_is_read_at_the_site(
    tree: Tree, fault: RelayError, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await tree.server_of("abc") == NEAR

    await tree.lose("abc", fault)

    assert await tree.server_of("abc") == SITE
    assert await tree.server_of("another") == NEAR

    monkeypatch.setattr(sources, "ELSEWHERE_SECONDS", 0.0)
    assert await tree.server_of("abc") == NEAR, "it is tried again"


async def test_a_streamer_who_pauses_is_no_fault_of_the_edge_before(tree: Tree) -> None:
    await tree.lose("abc", UpstreamSilent("nothing came for 10 seconds"))

    assert await tree.server_of("abc") == NEAR


async def test_what_the_site_does_not_give_is_asked_for_at_the_edge_before_again(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tree.lose("abc", UpstreamError("gone"))
    monkeypatch.setattr(sources, "ELSEWHERE_SECONDS", 0.0)
    monkeypatch.setattr(tree.origin, "_upstream_is_away", True)
    await tree.lose("abc", UpstreamError("the site, too"))
    monkeypatch.setattr(tree.origin, "_upstream_is_away", False)

    assert await tree.server_of("abc") == NEAR


async def test_while_the_edge_before_is_away_all_is_read_at_the_site(site: Site) -> None:
    nowhere = "http://127.0.0.1:9"
    config = Config(site.url, nowhere, "https://far.example.org", site.url, SECRET)
    origin = Origin(config)

    await origin.look()

    assert origin.is_reachable, "streams can be read"
    assert origin.upstream_is_away
    assert (await Sources(config, origin).locate("abc")).startswith(site.url)
