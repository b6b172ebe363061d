"""Keeping order in a chat: whoever may, where everybody sees what comes of it."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

A_DATE = re.compile(r"\d/\d{1,2}/\d")

_BAN_FROM_ROOM = """
from accounts.models import User
from chat.models import Scope
from chat.services import ban
from rooms.models import Room
room = Room.objects.get(room_id={room!r})
who = User.objects.get(username={name!r})
ban(room=room, actor_id=room.owner_id, user_id=who.pk, scope=Scope.ROOM)
"""


def test_a_streamer_keeps_order(browsers: Browsers, site: Site, room: str) -> None:
    name = f"eve_{uuid.uuid4().hex[:8]}"
    owner_name = owner_of(site, room)
    owner = browsers.open(f"/rooms/{room}/", **signed_in(site, owner_name))
    eve = browsers.open(f"/rooms/{room}/", expect=("403",), **signed_in(site, name))
    eve.fill("[data-chat-input]", "buy my stuff")
    eve.press("[data-chat-input]", "Enter")
    expect(eve.locator("[data-chat-settings-button]")).to_be_hidden()

    # A timeout with a reason, from the card behind the name.
    message(owner, "buy my stuff").locator("[data-name]").click()
    expect(owner.locator("#chat-card")).to_be_visible()
    owner.fill("[data-card-reason]", "advertising")
    owner.click("[data-act=time-out][data-seconds='600']")
    expect(owner.locator("[data-card-barred]")).to_be_visible()
    expect(owner.locator("[data-card-deeds] li")).to_contain_text(["advertising"])
    expect(eve.locator("[data-chat-barred]")).to_contain_text(
        re.compile(r"\d{3} giây.*advertising")
    )
    expect(eve.locator("[data-chat-form]")).to_be_hidden()

    # Another length is chosen without a mouse, and is said.
    owner.click("[data-act=forgive]")
    expect(eve.locator("[data-chat-form]")).to_be_visible()
    owner.focus("[data-card-count]")
    for key in ("Control+A", "4", "5", "Tab", "ArrowUp", "ArrowUp", "Tab", "Enter"):
        owner.keyboard.press(key)
    expect(owner.locator("[data-card-deeds] li").first).to_contain_text("45 phút")
    expect(eve.locator("[data-chat-barred]")).to_contain_text(A_DATE)

    # Banned for a week, then for good: what was said goes everywhere.
    owner.select_option("[data-card-ban-length]", "604800")
    owner.click("[data-act=ban][data-scope=chat]")
    expect(owner.locator("[data-card-deeds] li").first).to_contain_text("7 ngày")
    expect(eve.locator("[data-chat-barred]")).to_contain_text(A_DATE)
    owner.select_option("[data-card-ban-length]", "")
    owner.click("[data-act=ban][data-scope=chat]")
    expect(eve.locator("[data-chat-barred]")).not_to_contain_text(A_DATE)
    expect(eve.locator("[data-chat-barred]")).to_contain_text("advertising")
    for page in (owner, eve):
        expect(message(page, "buy my stuff")).to_have_count(0)
    owner.keyboard.press("Escape")

    # The panic button shows on every page, and is undone.
    owner.click("[data-chat-settings-button]")
    owner.click("[data-setting=panic]")
    for page in (owner, eve):
        expect(page.locator("[data-mode=linksOff]")).to_be_visible()
        expect(page.locator("[data-mode=slowSeconds]")).to_contain_text("30")
    owner.click("[data-setting=panic]")
    expect(eve.locator("[data-mode=linksOff]")).to_be_hidden()

    # Clearing asks first.
    say(site, room, "something")
    expect(message(eve, "something")).to_be_visible()
    owner.click("[data-chat-clear]")
    owner.click("[data-chat-clear-now]")
    expect(eve.locator(".message")).to_have_count(0)

    # A ban from the room ends it there and then, and says so after a reload.
    site.python(_BAN_FROM_ROOM.format(room=room, name=name))
    expect(eve.locator("[data-chat-banner]")).to_be_visible()
    answer = eve.reload()
    assert answer is not None
    assert answer.status == 403
    expect(eve.locator("h1")).to_be_visible()
    expect(eve.locator("video")).to_have_count(0)
