"""A browser that lets no page make noise before it was clicked on: the default of most."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom, video, wait_for_pictures, wait_for_video
from tests.servers.browser import chromium

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(flags=["--autoplay-policy=document-user-activation-required"]) as running:
        yield running


def test_it_starts_muted_says_so_and_unmutes_with_one_click(
    browsers: Browsers, live_room: LiveRoom
) -> None:
    page = browsers.open(live_room.path)
    wait_for_pictures(page)
    assert video(page, "muted") is True

    page.click("[data-player-unmute]")

    wait_for_video(page, "muted", value=False)
    expect(page.locator("[data-player-unmute]")).to_be_hidden()
    wait_for_pictures(page)


def test_the_forced_silence_is_not_remembered(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open(live_room.path)
    wait_for_pictures(page)

    page.reload()

    # Muted again by the browser's rule, so the viewer is offered the sound again.
    expect(page.locator("[data-player-unmute]")).to_be_visible()
