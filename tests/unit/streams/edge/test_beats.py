"""What an edge says of itself, and does when it is answered."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from streams.edge.beats import Beats
from streams.edge.config import Config
from streams.relay.rooms import Rooms


class Site:
    """Hears beats, and answers them."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer: Any = {"ended": {}, "lost": {}}
        self.may_answer = threading.Event()
        self.may_answer.set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.heard.append(json.loads(body))
                site.may_answer.wait(5)
                answer = json.dumps(site.answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


async def nowhere(_key: str) -> None:
    return None


def beats_of(site: Site, rooms: Rooms) -> Beats:
    config = Config(site.url, site.url, "https://edge.example.org", site.url, "s" * 32)
    return Beats(config, rooms)


async def test_who_has_something_to_lose_is_told_and_let_go_on_demand(site: Site) -> None:
    rooms = Rooms(locate=nowhere)
    site.answer = {"ended": {}, "lost": {"abc": ["ada"]}}
    async with rooms.watch("abc", label="ada") as ada, rooms.watch("abc", label="") as anybody:
        async with rooms.watch("abc", label="edge"):
            await beats_of(site, rooms).beat()

        [news] = site.heard
        assert (news["viewers"], news["rooms"]) == (3, {"abc": ["ada"]})
        assert await asyncio.wait_for(ada.closed(), 5) == "not-allowed"
        assert not anybody.is_closed
    await rooms.close()


async def test_one_that_leaves_never_says_again_that_it_has_places(site: Site) -> None:
    rooms = Rooms(locate=nowhere)
    beats = beats_of(site, rooms)
    site.may_answer.clear()

    last_usual = asyncio.create_task(beats.beat())
    await asyncio.sleep(0)
    leaving = asyncio.create_task(beats.beat(leaving=True))
    await asyncio.sleep(0)
    site.may_answer.set()
    await asyncio.gather(last_usual, leaving)
    await beats.beat()

    assert [news["mostViewers"] for news in site.heard[1:]] == [0, 0]
    await rooms.close()


@pytest.mark.parametrize("answer", ["nonsense", {}, {"ended": 1, "lost": 2}])
async def test_an_answer_that_is_none_changes_nothing(site: Site, answer: Any) -> None:
    rooms = Rooms(locate=nowhere)
    site.answer = answer
    async with rooms.watch("abc") as anybody:
        await beats_of(site, rooms).beat()

        assert not anybody.is_closed
    await rooms.close()
