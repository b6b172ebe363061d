"""The chat in a window of its own, beside the page that it came from."""

from __future__ import annotations

import time
import uuid

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, say, signed_in
from tests.eventually import SLACK
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

# What is removed is gone everywhere.
GONE_SECONDS = 1.0


def said_in(site: Site, room: str) -> list[str]:
    """Return the history, as the API tells it."""
    answer = requests.get(f"{site.url}/api/rooms/{room}/messages", timeout=10)
    return [each["message"] for each in answer.json()]


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


def test_what_is_removed_or_cleared_is_gone_within_a_second_from_page_window_and_history(
    browsers: Browsers, site: Site, room: str
) -> None:
    owner = browsers.open(f"/rooms/{room}/", **signed_in(site, owner_of(site, room)))
    viewer = browsers.open(f"/rooms/{room}/", **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"))
    opener = browsers.open(f"/rooms/{room}/")
    with opener.expect_popup() as opening:
        opener.click("[data-chat-pop-out]")
    pages = [owner, viewer, opening.value]

    def is_gone(page: Page, text: str, until: float) -> None:
        left = max(until - time.monotonic(), 0.001)
        expect(message(page, text)).to_have_count(0, timeout=left * 1000)

    def are_gone_in_time(*texts: str) -> None:
        until = time.monotonic() + GONE_SECONDS * SLACK
        for page in pages:
            for text in texts:
                is_gone(page, text, until)
        assert not {*texts} & {*said_in(site, room)}
        assert time.monotonic() < until

    say(site, room, "first", "second", "third")
    for page in pages:
        expect(message(page, "third")).to_be_visible()
    message(owner, "second").hover()
    message(owner, "second").locator("[data-action=delete]").click()
    are_gone_in_time("second")
    assert said_in(site, room) == ["first", "third"]

    owner.click("[data-chat-settings-button]")
    owner.click("[data-chat-clear]")
    owner.click("[data-chat-clear-now]")
    are_gone_in_time("first", "third")
    assert said_in(site, room) == []
    say(site, room, "fourth")
    for page in (viewer, opening.value):
        page.reload()
        expect(message(page, "fourth")).to_be_visible()
        expect(page.locator(".message:not([data-removed])")).to_have_count(1)
