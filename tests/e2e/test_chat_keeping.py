"""Keeping order on the page: the word filter, the queue, and who may write."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


def test_a_word_holds_messages_until_a_moderator_lets_them_through(
    browsers: Browsers, site: Site, room: str
) -> None:
    streamer = owner_of(site, room)
    owner = browsers.open(f"/rooms/{room}/", **signed_in(site, streamer))
    viewer = browsers.open(f"/rooms/{room}/", **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"))
    guest = browsers.open(f"/rooms/{room}/")

    # The list is made without a mouse.
    owner.locator("[data-chat-settings-button]").press("Enter")
    owner.locator("[data-chat-words-button]").press("Enter")
    expect(owner.locator("[data-words-text]")).to_be_focused()
    owner.keyboard.type("mua acc*")
    owner.keyboard.press("Enter")
    expect(owner.locator("[data-word-id]")).to_have_count(1)
    owner.locator("[data-words-sentence]").fill("M.U.A   accccc")
    owner.keyboard.press("Enter")
    expect(owner.locator("[data-words-result]")).to_contain_text("mua acc*")
    owner.keyboard.press("Escape")

    for text in ("Mua acc đi", "mua acc nữa"):
        viewer.locator("[data-chat-input]").fill(text)
        viewer.keyboard.press("Enter")
    expect(viewer.locator('.message [data-fate="held"]:visible')).to_have_count(2)
    held = owner.locator(".held-button")
    expect(held.locator("[data-held-count]")).to_have_text("2")

    held.click()
    rows = owner.locator("[data-held-list] li")
    expect(rows).to_have_count(2)
    rows.first.locator('[data-approve="true"]').click()
    expect(rows).to_have_count(1)
    rows.first.locator('[data-approve="false"]').press("Enter")
    expect(rows).to_have_count(0)
    owner.keyboard.press("Escape")
    expect(held).to_be_hidden()

    for page in (owner, guest):
        expect(page.locator(".message")).to_have_count(1)
        expect(message(page, "Mua acc đi")).to_be_visible()
    expect(viewer.locator('.message [data-fate="denied"]:visible')).to_have_count(1)
    viewer.locator('.message [data-fate="denied"]:visible [data-action="discard"]').click()
    expect(viewer.locator(".message")).to_have_count(1)


def test_whoever_follows_may_write_at_once(browsers: Browsers, site: Site, room: str) -> None:
    streamer = owner_of(site, room)
    owner = browsers.open(f"/rooms/{room}/", **signed_in(site, streamer))
    viewer = browsers.open(f"/rooms/{room}/", **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"))
    field = viewer.locator("[data-chat-input]")

    owner.locator("[data-chat-input]").fill("/followers")
    owner.keyboard.press("Enter")
    expect(viewer.locator('[data-mode="followersOnly"]')).to_be_visible()
    expect(viewer.locator("[data-chat-entry]")).to_be_visible()
    field.fill("hello?")
    field.press("Enter")
    expect(viewer.locator("[data-chat-problem]")).to_be_visible()
    expect(field).to_have_value("hello?")

    viewer.locator("[data-entry-follow]").click()
    expect(viewer.locator("[data-chat-entry]")).to_be_hidden()
    field.press("Enter")
    expect(message(owner, "hello?")).to_be_visible()

    # Commands name people; whoever lacks the right is told, and nobody else.
    name = viewer.locator(".message [data-name]").first.text_content()
    owner.locator("[data-chat-input]").fill(f"/timeout {name} 10m enough")
    owner.keyboard.press("Enter")
    expect(viewer.locator("[data-chat-barred]")).to_be_visible()
    expect(owner.locator("[data-chat-notice]")).to_contain_text(f"@{name}")
    owner.locator("[data-chat-input]").fill(f"/ban {name} 2h enough")
    owner.keyboard.press("Enter")
    expect(viewer.locator("[data-chat-barred]")).to_contain_text(re.compile(r"\d/\d{1,2}/\d"))
    owner.locator("[data-chat-input]").fill("/ban")
    owner.keyboard.press("Enter")
    expect(owner.locator("[data-chat-problem]")).to_contain_text("/ban")
