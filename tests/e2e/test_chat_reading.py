"""Reading a chat: where one left off, how it looks, and whom one would rather not read."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import look_again, look_elsewhere, message, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


def test_a_long_chat_stays_where_one_reads_and_keeps_three_hundred(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(f"/rooms/{room}/")
    say(site, room, *(f"message {number}" for number in range(60)))
    expect(message(page, "message 59")).to_be_in_viewport()

    page.locator("[data-chat-scroller]").evaluate("(scroller) => scroller.scrollTo(0, 0)")
    expect(page.locator("[data-chat-newer]")).to_be_visible()
    top = page.locator(".message").first
    say(site, room, "something new")

    expect(page.locator("[data-chat-newer]")).to_contain_text("1")
    expect(top).to_be_in_viewport()
    page.click("[data-chat-newer]")
    expect(message(page, "something new")).to_be_in_viewport()
    expect(page.locator("[data-chat-newer]")).to_be_hidden()


def test_a_line_shows_where_one_left_off_and_the_title_that_one_was_called(
    browsers: Browsers, site: Site, room: str
) -> None:
    name = f"ada_{uuid.uuid4().hex[:8]}"
    page = browsers.open(f"/rooms/{room}/", **signed_in(site, name))
    say(site, room, "before")
    expect(message(page, "before")).to_be_visible()
    title = page.title()

    look_elsewhere(page)
    say(site, room, "meanwhile", f"are you there, @{name}?")
    expect(page).to_have_title(f"(1) {title}")
    look_again(page)

    expect(page).to_have_title(title)
    expect(page.locator(".divider")).to_be_visible()
    expect(page.locator(".divider + .message")).to_contain_text("meanwhile")

    # Whoever answers has read it.
    page.fill("[data-chat-input]", "I am")
    page.press("[data-chat-input]", "Enter")
    expect(message(page, "I am")).to_be_visible()
    expect(page.locator(".divider")).to_have_count(0)


def test_the_chat_looks_as_its_reader_likes_and_stays_so(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(f"/rooms/{room}/")
    say(site, room, "hello")
    line = message(page, "hello")
    expect(line.locator("time")).to_be_visible()
    size = "(line) => parseFloat(getComputedStyle(line).fontSize)"
    before = line.evaluate(size)

    # By keyboard alone.
    page.locator("[data-chat-display-button]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat-display")).to_be_visible()
    page.locator("[data-display=times]").focus()
    page.keyboard.press("Space")
    page.select_option("[data-display=size]", "larger")
    page.keyboard.press("Escape")
    expect(page.locator("#chat-display")).to_be_hidden()

    for _ in range(2):
        expect(line.locator("time")).to_be_hidden()
        assert line.evaluate(size) > before
        page.reload()
        expect(line).to_be_visible()


def test_whom_one_hides_is_gone_for_oneself_alone(
    browsers: Browsers, site: Site, room: str
) -> None:
    eve = f"eve_{uuid.uuid4().hex[:8]}"
    page = browsers.open(f"/rooms/{room}/", **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"))
    guest = browsers.open(f"/rooms/{room}/")
    say(site, room, "blah", by=eve)
    say(site, room, "hello")

    message(page, "blah").locator("[data-name]").click()
    page.click("[data-card-mute]")
    page.keyboard.press("Escape")
    expect(message(page, "blah")).to_have_count(0)
    say(site, room, "blah blah", by=eve)
    expect(message(guest, "blah blah")).to_be_visible()
    page.reload()
    expect(message(page, "hello")).to_be_visible()
    expect(message(page, "blah")).to_have_count(0)

    page.click("[data-chat-display-button]")
    expect(page.locator("[data-chat-muted]")).to_contain_text(eve)
    page.click("[data-unmute]")
    expect(message(page, "blah")).to_have_count(2)


def test_removed_messages_leave_no_trace_for_whoever_likes_it_so(
    browsers: Browsers, site: Site, room: str
) -> None:
    name = f"ada_{uuid.uuid4().hex[:8]}"
    page = browsers.open(f"/rooms/{room}/", **signed_in(site, name))
    page.fill("[data-chat-input]", "oops")
    page.press("[data-chat-input]", "Enter")
    expect(message(page, "oops").locator("[data-time]")).to_be_visible()
    message(page, "oops").hover()
    message(page, "oops").locator("[data-action=delete]").click()
    expect(page.locator(".message[data-removed]")).to_be_visible()

    page.click("[data-chat-display-button]")
    page.check("[data-display=hideRemoved]")

    expect(page.locator(".message[data-removed]")).to_be_hidden()
