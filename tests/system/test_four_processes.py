"""Four web processes and a Redis: everybody sees the same number, and whoever must go goes everywhere."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.eventually import comes_true_as_promised
from tests.load import usage
from tests.servers.databases import redis_server
from tests.servers.site import Site, running_site
from tests.system.crowd import COUNT_SECONDS, NOTICE_SECONDS, Watcher, crowd, patiently
from tests.system.streamer import Console, Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

# So many sockets are not all in one process, save once in a billion years.
EACH = 12


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with redis_server() as (_redis, url), running_site(REDIS_URL=url, WEB_WORKERS="4") as running:
        yield running


@pytest.fixture(scope="module")
def console(site: Site) -> Iterator[Console]:
    """A process of its own, as the worker or the administration would be."""
    opened = Console(site)
    yield opened
    opened.close()


def people(site: Site, room_id: str, count: int) -> list[Watcher]:
    """Return strangers with browsers of their own."""
    return [Watcher(site, room_id, f"Browser {number}") for number in range(count)]


async def all_see(pages: list[Watcher], viewers: int) -> None:
    """Return once every one of these pages shows this number."""
    await comes_true_as_promised(
        lambda: {page.viewers for page in pages} == {viewers}, seconds=COUNT_SECONDS
    )


async def all_are_closed(pages: list[Watcher], code: int) -> None:
    """Return once the server has closed every one of these pages."""
    await comes_true_as_promised(
        lambda: all(page.is_closed for page in pages), seconds=NOTICE_SECONDS
    )
    assert {page.code for page in pages} == {code}


async def test_the_number_is_right_after_joins_leaves_and_a_killed_process(
    site: Site, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    streamer.publish()
    await asyncio.to_thread(streamer.wait_for, "live")
    pages = people(site, streamer.room_id, EACH)
    headers = [{"User-Agent": f"VLC {number}"} for number in range(4)]

    async with crowd() as gathered:
        await gathered.come(*pages)
        await all_see(pages, EACH)
        with ExitStack() as stack:
            players = [Viewer(site, streamer.room_id, headers=each) for each in headers]
            # One more, which belongs to a page.
            players.append(Viewer(site, streamer.room_id, headers={"User-Agent": "Browser 0"}))
            for player in players:
                stack.enter_context(player)
            await all_see(pages, EACH + 4)

            await gathered.go(*pages[:3])
            players[0].leave()
            # Three pages and a player less, but the first page left its player behind.
            await all_see(gathered.there, EACH + 1)

            _master, *workers = usage.tree(site.web.pid)
            os.kill(workers[0], signal.SIGKILL)
            await patiently(
                lambda: {page.viewers for page in gathered.there} == {left(gathered.there, players)}
            )
            assert gathered.there


def left(pages: list[Watcher], players: list[Viewer]) -> int:
    """Return how many people are there: the page whose player this is has gone."""
    return len(pages) + sum(player.is_watching for player in players[1:])


async def test_who_watched_is_known_after_a_restart(
    site: Site, console: Console, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    streamer.publish()
    await asyncio.to_thread(streamer.wait_for, "live")

    for number in (4, 6):  # The first four come back.
        async with crowd() as gathered:
            pages = people(site, streamer.room_id, number)
            await gathered.come(*pages)
            await all_see(pages, number)
            await asyncio.to_thread(site.web.stop)
            assert (
                await asyncio.to_thread(console.ask, "audience", streamer.room_id) == [number] * 2
            )
        site.web.start()
        await asyncio.to_thread(site.wait_until_ready)


async def test_a_sign_in_that_ends_ends_its_sockets_in_every_process(
    site: Site, console: Console, make_streamer: Callable[[], Streamer]
) -> None:
    room_id = make_streamer().room_id
    made = await asyncio.to_thread(console.ask, "person", "leaving", 3600)
    ways: list[dict[str, Any]] = [
        {"additional_headers": {"Cookie": f"sessionid={made['session']}"}},
        *({"subprotocols": ["streair", f"bearer.{made[kind]}"]} for kind in ("app", "bot")),
    ]
    leaving = [Watcher(site, room_id, "Page", **ways[n % 3]) for n in range(18)]
    others = people(site, room_id, 4)

    async with crowd() as gathered:
        await gathered.come(*leaving, *others)
        await asyncio.to_thread(console.ask, "sign_out", "leaving")

        await all_are_closed(leaving, 4001)
        assert gathered.there == others


async def test_a_token_that_expires_ends_its_sockets_in_every_process(
    site: Site, console: Console, make_streamer: Callable[[], Streamer]
) -> None:
    room_id = make_streamer().room_id
    made = await asyncio.to_thread(console.ask, "person", "expiring", 20)
    expired = time.monotonic() + 20
    bot, app = ({"subprotocols": [f"bearer.{made[kind]}"]} for kind in ("bot", "app"))
    expiring = [Watcher(site, room_id, "Bot", **bot) for _ in range(EACH)]
    lasting = Watcher(site, room_id, "App", **app)

    async with crowd() as gathered:
        await gathered.come(*expiring, lasting)
        assert all(each.has_joined for each in expiring), "the machine is too slow for this"

        await asyncio.sleep(max(0, expired - time.monotonic()))  # Nothing is due before.
        await all_are_closed(expiring, 4001)
        assert gathered.there == [lasting]


async def test_who_is_banned_from_a_room_is_out_in_every_process(
    site: Site, console: Console, make_streamer: Callable[[], Streamer]
) -> None:
    room_id = make_streamer().room_id
    made = await asyncio.to_thread(console.ask, "person", "rude", 3600)
    rude = [
        Watcher(site, room_id, "App", subprotocols=[f"bearer.{made['app']}"]) for _ in range(EACH)
    ]
    others = people(site, room_id, 4)

    async with crowd() as gathered:
        await gathered.come(*rude, *others)
        await asyncio.to_thread(console.ask, "ban", room_id, "rude")

        await all_are_closed(rude, 4003)
        assert gathered.there == others


@pytest.mark.parametrize(("deed", "event"), [("end", "stream-ended"), ("lock", "room-locked")])
async def test_a_room_that_ends_or_is_locked_says_so_in_every_process(
    site: Site, console: Console, make_streamer: Callable[[], Streamer], deed: str, event: str
) -> None:
    room_id, elsewhere = make_streamer().room_id, make_streamer().room_id
    here, others = people(site, room_id, EACH), people(site, elsewhere, 4)

    async with crowd() as gathered:
        await gathered.come(*here, *others)
        await asyncio.to_thread(console.ask, deed, room_id)

        await comes_true_as_promised(
            lambda: all(each.has_heard(event) for each in here), seconds=NOTICE_SECONDS
        )
        assert not any(each.has_heard(event) for each in others)
