"""Pages in a real browser: what scripts add to them, and that they do without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom, open_room
from tests.servers.clips import Clip
from tests.servers.publisher import publisher
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_SECONDS = 20_000


def sign_up(page: Page, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", "a-Secret-word-7")
    page.click("main form button")
    expect(page.locator("[data-studio]")).to_be_visible()


def sign_in(page: Page, room: LiveRoom) -> None:
    """Sign in as the room's streamer, and go to the studio."""
    owner = room.site.python(
        f"from rooms.models import Room; print(Room.objects.get(room_id={room.room_id!r}).owner)"
    )
    page.fill("[name=name]", owner.strip())
    page.fill("[name=password]", "a-Secret-word")
    page.click("main form button")
    expect(page.locator("[data-studio]")).to_be_visible()


def test_the_theme_changes_at_once_and_stays(browsers: Browsers) -> None:
    page = browsers.open("/", color_scheme="light")
    light = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    page.evaluate("() => { window.sameDocument = true; }")

    page.click("[popovertarget=theme-menu]")
    page.click("#theme-menu [value=dark]")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("() => window.sameDocument")
    dark = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert dark != light
    page.goto("/sign-in/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.click("[popovertarget=theme-menu]")
    page.click("#theme-menu [value=system]")
    page.reload()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_everything_but_the_picture_works_without_scripts(browsers: Browsers) -> None:
    page = browsers.open("/sign-up/", java_script_enabled=False)
    sign_up(page, "khong_js")

    page.fill("[name=title]", "Không cần JavaScript")
    page.click("form[action$='/rooms/'] button")
    expect(page.locator("[data-copy]").first).to_be_hidden()
    page.click("[data-reveal] button")
    first = page.locator("#stream-key").input_value()
    page.click("main a")
    page.click("[data-dialog=key-dialog]")
    page.click("main form button")
    page.click("[data-reveal] button")
    second = page.locator("#stream-key").input_value()
    page.click("main a")
    page.click("[data-dialog=end-dialog]")
    page.click("main form button")
    page.click("[popovertarget=theme-menu]")
    page.click("#theme-menu [value=light]")

    assert re.fullmatch(r"sk_\w{32}", first)
    assert re.fullmatch(r"sk_\w{32}", second)
    assert first != second
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("#open-title")).to_be_visible()
    page.click("[popovertarget=theme-menu]")
    page.click("#theme-menu [name=language][value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/en/studio/")


def test_the_studio_keeps_itself_current(browsers: Browsers, site: Site, tmp_path: Path) -> None:
    room = open_room(site)
    page = browsers.open("/sign-in/?next=/studio/")
    sign_in(page, room)
    status = page.locator("[data-region=status]")
    expect(status).to_have_attribute("data-state", "waiting")
    page.fill("textarea[name=description]", "Đang gõ dở")

    clip = Clip(gop_seconds=12, seconds=36)
    with publisher(room.publish_url, tmp_path / "publisher.log", clip=clip) as encoder:
        expect(status).to_have_attribute("data-state", "live", timeout=_SECONDS)
        expect(page.locator("[data-figure=video]")).to_have_text("H.264", timeout=_SECONDS)
        expect(page.locator("[data-figure=size]")).to_have_text(re.compile(r"\d+×\d+"))
        warning = page.locator("[data-problems] .notice")
        expect(warning).to_contain_text("Keyframe Interval", timeout=40_000)

        encoder.kill()
        expect(status).to_have_attribute("data-state", "reconnecting", timeout=_SECONDS)

    assert page.locator("textarea[name=description]").input_value() == "Đang gõ dở"


def test_the_key_is_shown_on_demand_and_masked_again(browsers: Browsers, site: Site) -> None:
    room = open_room(site)
    page = browsers.open("/sign-in/?next=/studio/")
    sign_in(page, room)
    masked = page.locator("[data-secret]").input_value()

    page.click("[data-reveal] button")
    expect(page.locator("[data-secret]")).to_have_value(room.key)
    page.click("[data-reveal] button")

    expect(page.locator("[data-secret]")).to_have_value(masked)


def test_a_dialog_is_left_by_its_button_escape_and_a_click_beside_it(
    browsers: Browsers, site: Site
) -> None:
    room = open_room(site)
    page = browsers.open("/sign-in/?next=/studio/")
    sign_in(page, room)
    dialog = page.locator("#end-dialog")

    leaves: list[Callable[[], None]] = [
        lambda: page.click("#end-dialog [data-dialog-close]"),
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.click(5, 5),
    ]
    for leave in leaves:
        page.click("[data-dialog=end-dialog]")
        expect(dialog).to_be_visible()
        page.click("#end-dialog h2")
        expect(dialog).to_be_visible()
        leave()
        expect(dialog).to_be_hidden()

    assert room.state() == "waiting"


def test_a_channel_goes_on_air_by_itself(browsers: Browsers, site: Site, tmp_path: Path) -> None:
    room = open_room(site)
    owner = site.python(
        f"from rooms.models import Room; print(Room.objects.get(room_id={room.room_id!r}).owner)"
    )
    page = browsers.open(f"/@{owner.strip()}/")
    expect(page.locator(".away")).to_be_visible()

    with publisher(room.publish_url, tmp_path / "publisher.log"):
        expect(page.locator(".on-air")).to_be_visible(timeout=_SECONDS)


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_is_wider_than_the_screen(browsers: Browsers, width: int) -> None:
    page = browsers.open("/", viewport={"width": width, "height": 800}, expect=("404",))

    for path in ("/", "/en/", "/sign-up/", "/nowhere/"):
        page.goto(path)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_the_keyboard_skips_to_the_content(browsers: Browsers) -> None:
    page = browsers.open("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("() => document.activeElement.id") == "main"
