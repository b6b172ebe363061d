"""A room's player on another site."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom

pytestmark = pytest.mark.e2e

_SECONDS = 40_000
FRIEND = "http://friend.example/"


def page_of_a_friend(browsers: Browsers, html: str) -> Page:
    """Open another site's page that holds `html`."""
    page = browsers.open("about:blank")

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=f"<!DOCTYPE html><title>Friend</title>{html}")

    page.route(f"{FRIEND}**", answer)
    page.goto(FRIEND)
    return page


def test_the_player_plays_on_another_site(browsers: Browsers, live_room: LiveRoom) -> None:
    url = f"{live_room.site.url}/embed/{live_room.room_id}"

    page = page_of_a_friend(
        browsers, f'<iframe src="{url}" width="640" height="360" allow="autoplay"></iframe>'
    )

    frame = page.frame_locator("iframe")
    expect(frame.locator('[data-player][data-face="live"]')).to_be_visible(timeout=_SECONDS)
    expect(frame.locator("a[target=_blank] strong")).to_have_text("Live")


def test_the_room_itself_is_in_nobodys_frame(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open("about:blank", expect=("frame-ancestors", "X-Frame-Options"))
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    url = live_room.site.url + live_room.path
    page.route(
        f"{FRIEND}**",
        lambda route: route.fulfill(
            content_type="text/html", body=f'<iframe src="{url}"></iframe>'
        ),
    )

    page.goto(FRIEND)

    page.wait_for_load_state("load")
    assert (
        "chrome-error" in page.frames[1].url
        or page.frame_locator("iframe").locator("h1").count() == 0
    )
    assert any("frame-ancestors" in text for text in refused)
