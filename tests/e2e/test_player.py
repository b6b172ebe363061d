"""The player in a real browser: sound, keys, faces, and what it does when things break."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import (
    LiveRoom,
    open_room,
    video,
    wait_for_face,
    wait_for_pictures,
    wait_for_video,
)
from tests.servers.site import Site
from tests.servers.stalling_proxy import stalling_proxy

pytestmark = pytest.mark.e2e

IPHONE_16 = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15"
NO_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource;"


@pytest.fixture
def viewer(browsers: Browsers, live_room: LiveRoom) -> Page:
    """Somebody who watches."""
    page = browsers.open(live_room.path)
    wait_for_face(page, "live")
    return page


def test_the_page_plays_by_itself_and_tells_the_delay(viewer: Page) -> None:
    wait_for_pictures(viewer)

    expect(viewer.locator("[data-player-delay]")).to_have_text(re.compile(r"^\d+,\d s$"))
    expect(viewer.locator("[data-player-live]")).to_have_attribute("data-player-live", "true")
    assert video(viewer, "muted") is False


def test_pause_and_on_again_at_the_live_edge(viewer: Page) -> None:
    viewer.click("[data-player-bar] [data-player-action=play]")
    wait_for_face(viewer, "paused")
    assert video(viewer, "paused") is True

    viewer.click("[data-player-face=paused] button")

    wait_for_pictures(viewer)
    expect(viewer.locator("[data-player-live]")).to_have_attribute("data-player-live", "true")


@pytest.mark.parametrize("news", ["visibilitychange", "online"])
def test_whoever_comes_back_is_at_the_live_edge_at_once(viewer: Page, news: str) -> None:
    wait_for_pictures(viewer, 90)
    # So little behind that the player would otherwise only play a little faster.
    viewer.evaluate("""() => new Promise((resolve) => {
      const video = document.querySelector("[data-player-video]");
      video.addEventListener("seeked", resolve, { once: true });
      video.currentTime -= 1;
    })""")

    viewer.evaluate(
        """(news) => new Promise((resolve) => {
      document.querySelector("[data-player-video]").addEventListener("seeked", resolve);
      document.dispatchEvent(new Event(news, { bubbles: true }));
    })""",
        news,
    )


def test_keys_work_anywhere_on_the_page_but_not_while_typing(viewer: Page) -> None:
    viewer.keyboard.press("m")
    wait_for_video(viewer, "muted", value=True)
    viewer.keyboard.press("k")
    wait_for_face(viewer, "paused")
    viewer.keyboard.press("Space")
    wait_for_face(viewer, "live")
    viewer.keyboard.press("f")
    viewer.wait_for_selector("[data-watch]:fullscreen")
    viewer.keyboard.press("f")
    viewer.wait_for_selector("[data-watch]:not(:fullscreen)")

    viewer.evaluate("() => document.querySelector('main').append(document.createElement('input'))")
    viewer.focus("main > input")
    viewer.keyboard.type("mm m")

    assert video(viewer, "muted") is True
    assert viewer.input_value("main > input") == "mm m"


def test_the_theatre_is_kept_and_fullscreen_takes_the_chat_along(viewer: Page) -> None:
    viewer.keyboard.press("t")
    viewer.wait_for_selector("[data-watch][data-theatre]")
    viewer.reload()
    wait_for_face(viewer, "live")

    viewer.keyboard.press("f")

    viewer.wait_for_selector("[data-watch][data-theatre]:fullscreen")
    expect(viewer.locator("[data-chat]")).to_be_visible()
    expect(viewer.locator("h1")).to_be_hidden()
    viewer.keyboard.press("t")
    expect(viewer.locator("[data-chat]")).to_be_hidden()


def test_the_menu_has_the_delay_and_the_figures(viewer: Page) -> None:
    wait_for_pictures(viewer, 5)
    viewer.click("[data-player-gear]")
    viewer.click("[data-player-item=stats]")
    figure = viewer.locator("[data-figure=picture]")
    expect(figure).to_have_text(re.compile(r"^640×360 · 30 fps$"))
    expect(viewer.locator("[data-figure=codecs]")).to_have_text(re.compile("^avc1.*mp4a"))
    expect(viewer.locator("[data-figure=bitrate]")).to_have_text(re.compile(r"^[\d.]+ kbit/s$"))

    viewer.click("[data-player-gear]")
    viewer.click("[data-latency=normal]")

    expect(viewer.locator("[data-figure=buffer]")).to_have_text(re.compile("→ 2,00 s$"))
    viewer.click("[data-player-gear]")
    expect(viewer.locator("[data-latency=normal]")).to_have_attribute("aria-pressed", "true")


def test_the_keys_are_listed_on_a_sheet_and_rest_while_it_is_open(viewer: Page) -> None:
    viewer.keyboard.press("?")
    expect(viewer.locator("#player-help")).to_be_visible()

    viewer.keyboard.press("m")
    viewer.keyboard.press("Escape")

    expect(viewer.locator("#player-help")).to_be_hidden()
    assert video(viewer, "muted") is False


def test_the_share_panel_copies_what_the_viewer_sees(viewer: Page) -> None:
    viewer.click("[data-share] summary")
    viewer.keyboard.press("Escape")
    expect(viewer.locator("[data-share-link]")).to_be_hidden()
    viewer.keyboard.press("t")
    viewer.click("[data-share] summary")
    viewer.click("[data-share-state]")

    viewer.click("[data-copy-of=share-link]")

    viewer.wait_for_selector("[data-copy-of=share-link][data-copied]")
    copied = viewer.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"{viewer.url}?theatre=1"
    viewer.click("[data-copy-of=share-frame]")
    viewer.wait_for_selector("[data-copy-of=share-frame][data-copied]")
    assert viewer.evaluate("() => navigator.clipboard.readText()").startswith("<iframe src=")


def test_volume_and_mute_are_remembered(viewer: Page) -> None:
    viewer.fill("[data-player-volume]", "30")
    viewer.keyboard.press("m")
    wait_for_video(viewer, "muted", value=True)

    viewer.reload()

    wait_for_face(viewer, "live")
    assert video(viewer, "muted") is True
    assert video(viewer, "volume") == pytest.approx(0.3)
    # The viewer chose silence: nothing asks them to unmute.
    expect(viewer.locator("[data-player-unmute]")).to_be_hidden()


@pytest.mark.parametrize(("agent", "reason"), [(IPHONE_16, "ios"), ("Old/1.0", "browser")])
def test_a_browser_that_cannot_play_is_told_why_and_downloads_nothing(
    browsers: Browsers, live_room: LiveRoom, agent: str, reason: str
) -> None:
    page = browsers.open(live_room.path, user_agent=agent, init=NO_MEDIA_SOURCE)

    wait_for_face(page, "unsupported")

    expect(page.locator(f"[data-player-face=unsupported] [data-reason={reason}]")).to_be_visible()
    assert ".flv" not in browsers.everything_seen_by(page).replace(f'{live_room.room_id}.flv"', "")


def test_without_scripts_the_page_says_what_they_are_for(
    browsers: Browsers, live_room: LiveRoom
) -> None:
    page = browsers.open(live_room.path, java_script_enabled=False)

    expect(page.locator("[data-player] noscript .headline")).to_be_visible()
    expect(page.locator("[data-player-bar]")).to_be_hidden()


def test_a_room_that_is_over_says_so_without_asking_for_video(
    browsers: Browsers, site: Site
) -> None:
    room = open_room(site)
    room.end()

    page = browsers.open(room.path)

    wait_for_face(page, "ended")
    # What to watch next: whoever else is on air, or the list of everybody.
    expect(page.locator("[data-player-face=ended] a").first).to_be_visible()


def test_a_network_that_stands_still_costs_a_spinner_not_the_page(
    browsers: Browsers, site: Site, live_room: LiveRoom
) -> None:
    with stalling_proxy(site.addresses.port) as network:
        page = browsers.open(f"http://127.0.0.1:{network.port}{live_room.path}")
        wait_for_face(page, "live")

        network.stall()
        wait_for_face(page, "stalled")
        network.flow()

        wait_for_face(page, "live")
        wait_for_pictures(page)
        page.goto("about:blank")


def test_a_server_that_restarts_is_found_again(
    browsers: Browsers, site: Site, live_room: LiveRoom
) -> None:
    # The last is the service worker's, whose script is asked for just now.
    provoked = ("ERR_", "503", "WebSocket", "fetching the script")
    page = browsers.open(live_room.path, expect=provoked)
    wait_for_face(page, "live")

    site.web.kill()
    wait_for_face(page, "retrying")
    expect(page.locator("[data-player-still]")).to_be_visible()
    site.web.start()
    site.wait_until_ready()

    wait_for_face(page, "live", timeout=40)
    wait_for_pictures(page)


def test_the_bar_hides_but_never_under_the_keyboards_focus(viewer: Page) -> None:
    viewer.mouse.move(0, 0)
    viewer.wait_for_selector("[data-player][data-controls=hidden]")

    viewer.focus("[data-player-bar] [data-player-action=mute]")
    viewer.keyboard.press("Tab")

    viewer.wait_for_selector("[data-player][data-controls=shown]")
    expect(viewer.locator("[data-player-bar]")).to_have_css("opacity", "1")


def test_nothing_sticks_out_on_a_small_phone(browsers: Browsers, live_room: LiveRoom) -> None:
    page = browsers.open(
        live_room.path, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
    )
    wait_for_face(page, "live")

    sticking_out = """(root) => [...root.querySelectorAll("button, input")]
      .filter((part) => part.checkVisibility())
      .map((part) => part.getBoundingClientRect())
      .filter(({ left, right }) => left < 0 || right > innerWidth).length"""
    assert page.eval_on_selector("[data-player]", sticking_out) == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
