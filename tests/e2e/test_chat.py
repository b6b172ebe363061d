"""People talk about a stream: two browsers, and a server that goes away and comes back."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

# What a Vietnamese keyboard does at the end of a word: Enter, and it is the keyboard's own.
_END_OF_WORD = """
(field) => field.dispatchEvent(new KeyboardEvent("keydown", {
  key: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true,
}))
"""


def test_people_talk(browsers: Browsers, site: Site, room: str) -> None:
    name = f"ada_{uuid.uuid4().hex[:8]}"
    ada = browsers.open(f"/rooms/{room}/", **signed_in(site, name))
    guest = browsers.open(f"/rooms/{room}/")
    field = ada.locator("[data-chat-input]")

    # Enter sends, Shift+Enter breaks the line, and the Enter that ends a word does neither.
    field.press_sequentially("Chào")
    field.evaluate(_END_OF_WORD)
    expect(field).to_have_value("Chào")
    field.press("Shift+Enter")
    field.press_sequentially("cả nhà :fire: https://example.org/x.")
    field.press("Enter")

    for page in (ada, guest):
        expect(page.locator(".message")).to_have_count(1)
        said = page.locator(".message [data-text]")
        assert said.text_content() == "Chào\ncả nhà 🔥 https://example.org/x."
    link = guest.locator(".message a")
    expect(link).to_have_attribute("rel", "noopener nofollow ugc")
    expect(link).to_have_attribute("href", "https://example.org/x")
    expect(field).to_have_value("")
    # Whoever is not signed in is shown the way.
    expect(guest.locator(".chat footer a")).to_have_attribute(
        "href", f"/sign-in/?next=/rooms/{room}/"
    )

    # The streamer answers; it is marked for whom it speaks to, and for nobody else.
    say(site, room, f"welcome @{name}")
    for page, marked in ((ada, 1), (guest, 0)):
        expect(message(page, "welcome")).to_be_visible()
        expect(page.locator(".message[data-mention]")).to_have_count(marked)

    message(ada, "welcome").hover()
    message(ada, "welcome").locator("[data-action=reply]").click()
    field.press_sequentially("thanks")
    field.press("Enter")
    expect(message(guest, "thanks").locator("[data-quote-text]")).to_have_text(f"welcome @{name}")

    # What is taken back is gone on every page, and on those that come later.
    message(ada, "thanks").hover()
    message(ada, "thanks").locator("[data-action=delete]").click()
    for page in (ada, guest):
        expect(message(page, "thanks")).to_have_count(0)
        expect(page.locator(".message[data-removed=author] .removed:visible")).to_have_count(1)
    guest.reload()
    expect(guest.locator(".message")).to_have_count(2)


def test_a_server_that_comes_back_brings_what_was_missed(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(
        f"/rooms/{room}/", expect=("WebSocket", "Failed to load"), **signed_in(site, "dora")
    )
    say(site, room, "before")
    expect(message(page, "before")).to_be_visible()

    site.web.kill()
    expect(page.locator("[data-chat-banner]")).to_be_visible()
    say(site, room, "meanwhile")
    # What is typed now is not lost.
    page.fill("[data-chat-input]", "hello?")
    page.press("[data-chat-input]", "Enter")
    expect(page.locator("[data-chat-problem]")).to_be_visible()
    site.web.start()
    site.wait_until_ready()

    expect(message(page, "meanwhile")).to_be_visible()
    expect(page.locator("[data-chat-banner]")).to_be_hidden()
    expect(page.locator("[data-chat-input]")).to_have_value("hello?")
    page.press("[data-chat-input]", "Enter")
    expect(message(page, "hello?")).to_be_visible()
    expect(page.locator(".message")).to_have_count(3)
