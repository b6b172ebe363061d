"""Writing in a chat: names and emoji are completed, by keyboard, by touch, and never against a Telex keyboard."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}


def writing(browsers: Browsers, site: Site, path: str, **more: Any) -> tuple[Page, Locator]:
    """Return the page of somebody who may write, and the field."""
    page = browsers.open(path, **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"), **more)
    return page, page.locator("[data-chat-input]")


def chosen(page: Page) -> Locator:
    """Return what is chosen in the list; the field points at it."""
    return page.locator("[data-chat-completions] [aria-selected=true]")


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


def test_emoji_have_the_skin_tone_that_was_chosen_once(
    browsers: Browsers, site: Site, room: str
) -> None:
    page, field = writing(browsers, site, f"/rooms/{room}/")

    page.click("[data-chat-emoji-button]")
    page.locator("[data-chat-emoji-tone]").select_option("🏽")
    page.locator("[data-chat-emoji-grid] button[title=':wave:']").click()
    expect(field).to_have_value("👋🏽")
    page.reload()
    page.click("[data-chat-emoji-button]")

    expect(page.locator("[data-chat-emoji-tone]")).to_have_value("🏽")
    expect(page.locator("[data-chat-emoji-grid] button").first).to_have_text("👋🏽")


def test_names_are_completed_by_keyboard(browsers: Browsers, site: Site, room: str) -> None:
    mark = uuid.uuid4().hex[:6]
    first, second = f"duc_{mark}", f"duong_{mark}"
    say(site, room, "one", by=second)
    say(site, room, "two", by=first)
    page, field = writing(browsers, site, f"/rooms/{room}/")
    expect(message(page, "two")).to_be_visible()

    # Marks aside; whoever spoke last comes first.
    field.press_sequentially("chào @Đươ")
    expect(chosen(page)).to_contain_text(second)
    field.press("Backspace")
    expect(page.locator("[data-chat-completions] [role=option]")).to_have_count(2)
    expect(chosen(page)).to_contain_text(first)
    field.press("ArrowDown")
    expect(chosen(page)).to_contain_text(second)
    active = field.get_attribute("aria-activedescendant")
    assert chosen(page).get_attribute("id") == active
    field.press("ArrowDown")
    expect(chosen(page)).to_contain_text(first)
    field.press("Tab")
    expect(field).to_have_value(f"chào @{first} ")
    expect(field).to_be_focused()
    expect(page.locator("[data-chat-completions]")).to_be_hidden()

    # Enter takes a name, and only the next one sends; Escape leaves the word as it is.
    field.press_sequentially("@duong")
    field.press("Enter")
    expect(field).to_have_value(f"chào @{first} @{second} ")
    field.press_sequentially("@du")
    field.press("Escape")
    field.press_sequentially("c")
    expect(page.locator("[data-chat-completions]")).to_be_hidden()
    field.press("Enter")
    expect(message(page, f"chào @{first} @{second} @duc")).to_be_visible()
    expect(field).to_have_value("")


def test_the_streamer_is_found_before_they_said_anything(
    browsers: Browsers, site: Site, room: str
) -> None:
    page, field = writing(browsers, site, f"/rooms/{room}/")

    field.press_sequentially("@owner")
    chosen(page).click()

    assert field.input_value().startswith("@owner_")
    expect(field).to_be_focused()


def test_emoji_are_completed_in_both_languages(browsers: Browsers, site: Site, room: str) -> None:
    for path, word in ((f"/rooms/{room}/", ":lua"), (f"/en/rooms/{room}/", ":fire")):
        page, field = writing(browsers, site, path)
        field.press_sequentially(word)
        expect(page.locator("[data-chat-completions-status]")).not_to_be_empty()
        expect(page.locator("[data-chat-completions]")).to_contain_text("🔥")
        page.locator("[data-chat-completions] [role=option]", has_text="🔥").first.click()
        expect(field).to_have_value("🔥")


def test_while_a_word_is_composed_no_key_is_the_lists(
    browsers: Browsers, site: Site, room: str
) -> None:
    page, field = writing(browsers, site, f"/rooms/{room}/")
    keyboard = page.context.new_cdp_session(page)
    field.focus()

    # What a Telex keyboard shows of "@owner" before the word is done.
    for text in ("@o", "@ow", "@owner"):
        selection = {"selectionStart": len(text), "selectionEnd": len(text)}
        keyboard.send("Input.imeSetComposition", {"text": text, **selection})
    expect(field).to_have_value("@owner")
    expect(page.locator("[data-chat-completions]")).to_be_hidden()
    keyboard.send("Input.insertText", {"text": "@owner"})

    # The word is done: now there is a list, and Enter is its own.
    expect(chosen(page)).to_contain_text("@owner_")
    field.press("Enter")
    assert field.input_value().startswith("@owner_")
    expect(page.locator(".message")).to_have_count(0)


def test_on_a_phone_names_are_tapped_and_the_field_is_in_sight(
    browsers: Browsers, site: Site, room: str
) -> None:
    page, field = writing(browsers, site, f"/rooms/{room}/", **PHONE)

    expect(field).to_be_in_viewport(ratio=1)
    picture = page.locator("[data-player]").bounding_box()
    chat = page.locator("[data-chat]").bounding_box()
    assert picture is not None
    assert chat is not None
    assert abs(picture["y"] + picture["height"] - chat["y"]) < 2, "the chat is below the picture"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # Keyboards on screens compose every word: the list is there all the same.
    field.tap()
    keyboard = page.context.new_cdp_session(page)
    selection = {"selectionStart": 4, "selectionEnd": 4}
    keyboard.send("Input.imeSetComposition", {"text": "@own", **selection})
    chosen(page).tap()

    assert field.input_value().startswith("@owner_")
    expect(field).to_be_focused()


# The page believes that a keyboard covers the lower half.
_KEYBOARD = """() => {
  Object.defineProperty(visualViewport, "height", { get: () => 420, configurable: true });
  visualViewport.dispatchEvent(new Event("resize"));
}"""


def test_a_keyboard_on_the_screen_hides_neither_the_field_nor_the_newest_message(
    browsers: Browsers, site: Site, room: str
) -> None:
    page, field = writing(browsers, site, f"/rooms/{room}/", **PHONE)
    say(site, room, *(f"message {number}" for number in range(40)))
    expect(message(page, "message 39")).to_be_visible()

    field.tap()
    page.evaluate(_KEYBOARD)

    for part in (field, message(page, "message 39")):
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 420
