"""The chat in a window of its own, beside the page that it came from."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


def test_the_chat_goes_into_a_window_and_comes_back(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(f"/rooms/{room}/")
    say(site, room, "hello")
    expect(message(page, "hello")).to_be_visible()

    with page.expect_popup() as opening:
        page.click("[data-chat-pop-out]")
    window = opening.value
    expect(message(window, "hello")).to_be_visible()
    expect(window.locator("video")).to_have_count(0)
    expect(page.locator("[data-chat-log]")).to_be_hidden()
    expect(page.locator("[data-chat-return]")).to_be_visible()

    window.close()
    expect(page.locator("[data-chat-log]")).to_be_visible()
    with page.expect_popup() as opening:
        page.click("[data-chat-pop-out]")
    with opening.value.expect_event("close"):
        page.click("[data-chat-return]")
    expect(message(page, "hello")).to_be_visible()


def test_order_is_kept_from_the_window_as_well(browsers: Browsers, site: Site, room: str) -> None:
    eve_name = f"eve_{uuid.uuid4().hex[:8]}"
    owner = browsers.open(f"/rooms/{room}/chat/", **signed_in(site, owner_of(site, room)))
    eve = browsers.open(f"/en/rooms/{room}/chat/", **signed_in(site, eve_name))
    eve.fill("[data-chat-input]", "buy my stuff")
    eve.press("[data-chat-input]", "Enter")

    message(owner, "buy my stuff").locator("[data-name]").click()
    owner.click("[data-act=time-out][data-seconds='600']")
    expect(eve.locator("[data-chat-barred]")).to_be_visible()
    owner.keyboard.press("Escape")
    owner.click("[data-chat-settings-button]")
    owner.check("[data-setting=linksOff]")

    expect(eve.locator("[data-mode=linksOff]")).to_be_visible()
