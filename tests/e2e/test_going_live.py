"""The main job: somebody streams with an encoder, somebody else watches."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import open_room, wait_for_face, wait_for_pictures
from tests.servers.publisher import publisher
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


def sign_up(page: Page, name: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", "a-Secret-word-7")
    page.click("main form button")
    page.wait_for_url(lambda url: "sign-up" not in url)


def open_room_in_studio(page: Page, title: str) -> str:
    page.goto("/studio/")
    page.fill("[name=title]", title)
    page.click("form[action$='/rooms/'] button")
    page.wait_for_selector("[data-studio][data-room-id]")
    return str(page.get_attribute("[data-studio]", "data-room-id"))


def copied(page: Page, field: str) -> str:
    """Press the copy button beside `field` and return what is on the clipboard."""
    button = page.locator(f".copy-field:has(#{field}) button[data-copy]")
    button.click()
    expect(button).to_have_attribute("data-copied", "")
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def test_from_signing_up_to_the_end_of_the_stream(
    browsers: Browsers, site: Site, tmp_path: Path
) -> None:
    streamer = browsers.open("/sign-up/")
    sign_up(streamer, "nghe_si")
    room_id = open_room_in_studio(streamer, "Buổi phát đầu tiên")
    server, key = copied(streamer, "server"), copied(streamer, "stream-key")
    assert server == site.rtmp_url
    assert re.fullmatch(r"sk_\w{16,}", key)

    viewer = browsers.open(f"/rooms/{room_id}/")
    wait_for_face(viewer, "waiting")
    viewer.evaluate("() => { window.sameDocument = true; }")
    with publisher(f"{server}/{key}", tmp_path / "publisher.log") as encoder:
        wait_for_pictures(viewer)
        wait_for_face(viewer, "live")
        expect(viewer.locator("[data-live-badge]").first).to_have_attribute("data-state", "live")

        encoder.kill()
        wait_for_face(viewer, "reconnecting")
        countdown = viewer.locator("[data-player-face=reconnecting] [data-countdown]")
        expect(countdown).to_have_text(re.compile(r"\d"))

        encoder.start()
        wait_for_pictures(viewer)
        wait_for_face(viewer, "live")

        streamer.click("[data-dialog=end-dialog]")
        with streamer.expect_navigation():
            streamer.click("#end-dialog button:not([data-dialog-close])")
        wait_for_face(viewer, "ended")
        reason = viewer.locator("[data-player-face=ended] [data-reason=owner]")
        expect(reason).to_be_visible()

    assert viewer.evaluate("() => window.sameDocument")
    assert key not in browsers.everything_seen_by(viewer)
    assert key not in browsers.everything_seen_by(streamer)


def test_a_frozen_encoder_and_its_successor(browsers: Browsers, site: Site, tmp_path: Path) -> None:
    room = open_room(site)
    viewer = browsers.open(room.path)
    with publisher(room.publish_url, tmp_path / "first.log") as first:
        wait_for_pictures(viewer)
        first.signal(signal.SIGSTOP)

        with publisher(room.publish_url, tmp_path / "second.log"):
            wait_for_pictures(viewer, 45)
            wait_for_face(viewer, "live")
