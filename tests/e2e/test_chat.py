"""People talk about a stream: two browsers, and a server that goes away and comes back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import Browsers
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_OPEN = """
from accounts.models import User
from rooms.services import open_room
owner = User.objects.create_user(username={name!r}, email="{name}@example.org", password="a-Secret-word")
print(open_room(owner=owner, title="A quiet evening").room_id)
"""
_SIGN_IN = """
from django.test import Client
from accounts.models import User
user, _ = User.objects.get_or_create(username={name!r}, defaults={{"email": "{name}@example.org"}})
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""
_SAY = """
from accounts.models import User
from chat.services import send_message
from rooms.models import Room
room = Room.objects.get(room_id={room!r})
send_message(room=room, author=room.owner, text={text!r})
"""
_OWNER = "from rooms.models import Room; print(Room.objects.get(room_id={room!r}).owner.username)"
_BAN_FROM_ROOM = """
from accounts.models import User
from chat.models import Scope
from chat.services import ban
from rooms.models import Room
room = Room.objects.get(room_id={room!r})
who = User.objects.get(username={name!r})
ban(room=room, actor_id=room.owner_id, user_id=who.pk, scope=Scope.ROOM)
"""
# What a Vietnamese keyboard does at the end of a word: Enter, and it is the keyboard's own.
_END_OF_WORD = """
(field) => field.dispatchEvent(new KeyboardEvent("keydown", {
  key: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true,
}))
"""


@pytest.fixture
def room(site: Site) -> str:
    """The id of a room that waits for its stream."""
    return site.python(_OPEN.format(name=f"owner_{uuid.uuid4().hex[:8]}")).strip()


def signed_in(site: Site, name: str) -> dict[str, Any]:
    """Return what a browser has in which this person is signed in."""
    session = site.python(_SIGN_IN.format(name=name)).strip()
    return {
        "storage_state": {
            "cookies": [
                {
                    "name": "sessionid",
                    "value": session,
                    "domain": "127.0.0.1",
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
            "origins": [],
        }
    }


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text)


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
    site.python(_SAY.format(room=room, text=f"welcome @{name}"))
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


def test_a_streamer_keeps_order(browsers: Browsers, site: Site, room: str) -> None:
    name = f"eve_{uuid.uuid4().hex[:8]}"
    owner_name = site.python(_OWNER.format(room=room)).strip()
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
    expect(eve.locator("[data-chat-barred]")).to_be_visible()
    expect(eve.locator("[data-chat-form]")).to_be_hidden()

    # Forgiven, then banned for good: what was said goes everywhere.
    owner.click("[data-act=forgive]")
    expect(eve.locator("[data-chat-form]")).to_be_visible()
    owner.click("[data-act=ban][data-scope=chat]")
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
    site.python(_SAY.format(room=room, text="something"))
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


def test_emoji_are_found_and_put_where_the_cursor_is(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(f"/rooms/{room}/", **signed_in(site, "emma"))

    page.fill("[data-chat-input]", "so hot ")
    page.click("[data-chat-emoji-button]")
    page.locator("[data-chat-emoji-search]").press_sequentially("lua")
    expect(page.locator("[data-chat-emoji-grid] button").first).to_have_text("🔥")
    page.locator("[data-chat-emoji-search]").press("Enter")

    expect(page.locator("[data-chat-input]")).to_have_value("so hot 🔥")
    expect(page.locator("[data-chat-input]")).to_be_focused()
    expect(page.locator(".message")).to_have_count(0)


def test_a_long_chat_stays_where_one_reads_and_keeps_three_hundred(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(f"/rooms/{room}/")
    many = "\n".join(_SAY.format(room=room, text=f"message {number}") for number in range(60))
    site.python(many)
    expect(message(page, "message 59")).to_be_in_viewport()

    page.locator("[data-chat-scroller]").evaluate("(scroller) => scroller.scrollTo(0, 0)")
    expect(page.locator("[data-chat-newer]")).to_be_visible()
    top = page.locator(".message").first
    site.python(_SAY.format(room=room, text="something new"))

    expect(page.locator("[data-chat-newer]")).to_contain_text("1")
    expect(top).to_be_in_viewport()
    page.click("[data-chat-newer]")
    expect(message(page, "something new")).to_be_in_viewport()
    expect(page.locator("[data-chat-newer]")).to_be_hidden()


def test_a_server_that_comes_back_brings_what_was_missed(
    browsers: Browsers, site: Site, room: str
) -> None:
    page = browsers.open(
        f"/rooms/{room}/", expect=("WebSocket", "Failed to load"), **signed_in(site, "dora")
    )
    site.python(_SAY.format(room=room, text="before"))
    expect(message(page, "before")).to_be_visible()

    site.web.kill()
    expect(page.locator("[data-chat-banner]")).to_be_visible()
    site.python(_SAY.format(room=room, text="meanwhile"))
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
