"""A room's player on another site."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom

pytestmark = pytest.mark.e2e

_SECONDS = 40_000


@pytest.fixture
def friend(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Another site on this machine: returns the address of a page that frames an address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    def page(framed: str) -> str:
        (tmp_path / "index.html").write_text(
            f'<!DOCTYPE html><title>Friend</title><link rel="icon" href="data:,"><iframe src="{framed}" '
            'width="640" height="360" allow="autoplay"></iframe>'
        )
        return f"http://localhost:{server.server_port}/"

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield page
        server.shutdown()


def test_the_player_plays_on_another_site(
    browsers: Browsers, live_room: LiveRoom, friend: Callable[[str], str]
) -> None:
    page = browsers.open(friend(f"{live_room.site.url}/embed/{live_room.room_id}"))

    frame = page.frame_locator("iframe")
    expect(frame.locator('[data-player][data-face="live"]')).to_be_visible(timeout=_SECONDS)
    expect(frame.locator("a[target=_blank] strong")).to_have_text("Live")


def test_the_room_itself_is_in_nobodys_frame(
    browsers: Browsers, live_room: LiveRoom, friend: Callable[[str], str]
) -> None:
    url = friend(live_room.site.url + live_room.path)
    page = browsers.open("about:blank", expect=("frame-ancestors",))
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(url)

    assert page.frame_locator("iframe").locator("[data-player]").count() == 0
