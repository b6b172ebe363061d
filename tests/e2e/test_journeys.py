"""Whole evenings, from signing up to what is on next: at a desk, on a phone, without scripts, through a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.journey import DESKTOP, PHONE, Traveler
from tests.e2e.live import wait_for_face, wait_for_pictures
from tests.servers.mail_server import MailServer, mail_server
from tests.servers.publisher import publisher
from tests.servers.site import Site, running_site

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def site(mails: MailServer) -> Iterator[Site]:
    """A site that really sends its mails."""
    with running_site(EMAIL_URL=mails.url) as running:
        yield running


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_evening(
    browsers: Browsers, site: Site, mails: MailServer, tmp_path: Path, device: dict[str, Any]
) -> None:
    streamer = Traveler(browsers, "/sign-up/", device)
    streamer.sign_up()
    streamer.verify(mails)
    room = streamer.open_room("Đêm nhạc đầu tiên")
    server, key = streamer.copied("server"), streamer.copied("stream-key")

    # Whoever comes by without an account makes one on the way, and is back in the room.
    viewer = Traveler(browsers, room, device)
    wait_for_face(viewer.page, "waiting")
    viewer.press(".chat footer a")
    viewer.press("main a[href*='/sign-up/']")
    viewer.sign_up()
    expect(viewer.page).to_have_url(re.compile(room))

    with publisher(f"{server}/{key}", tmp_path / "publisher.log") as encoder:
        wait_for_pictures(viewer.page)
        _chat_in_telex(viewer)
        follow = viewer.page.locator("form[data-follow] button[name=follow]")
        viewer.press(follow)
        expect(follow).to_have_attribute("value", "no")
        keeper = Traveler(browsers, "/", device)
        keeper.page.context.add_cookies(streamer.page.context.cookies())  # type: ignore[arg-type]
        keeper.page.goto(room)
        keeper.sees("chào cả nhà")
        _keep_order(keeper, viewer)

        encoder.kill()
        wait_for_face(viewer.page, "reconnecting")
        encoder.start()
        wait_for_pictures(viewer.page)

        streamer.press("[data-dialog=end-dialog]")
        streamer.press("#end-dialog button[type=submit]")
        wait_for_face(viewer.page, "ended")

    # What is on next, and no way to write into a room that is over.
    expect(viewer.page.locator("[data-player-face=ended] a").first).to_be_visible()
    expect(viewer.page.locator("[data-chat-input]")).to_be_hidden()
    streamer.page.wait_for_selector("[data-studio]:not([data-room-id])")
    for person in (viewer, keeper):
        assert key not in browsers.everything_seen_by(person.page)


def _chat_in_telex(viewer: Traveler) -> None:
    """Say something as people with a Vietnamese keyboard do: Enter never sends an unfinished word."""
    field = viewer.page.locator("[data-chat-input]")
    viewer.press(field)
    viewer.compose("c", "ch", "cha", "chao", "chào")
    expect(field).to_have_value("chào")
    field.press_sequentially(" cả ")
    viewer.compose("nha", "nhà")
    expect(field).to_have_value("chào cả nhà")
    expect(viewer.page.locator(".message")).to_have_count(0)
    field.press("Enter")
    viewer.sees("chào cả nhà")
    expect(field).to_have_value("")


def _keep_order(keeper: Traveler, viewer: Traveler) -> None:
    """Time the viewer out, who is told at once, and forgive them."""
    keeper.press(keeper.page.locator(".message [data-name]", has_text=viewer.name))
    keeper.page.fill("[data-card-reason]", "Nhẹ tay thôi nhé")
    keeper.press("[data-act=time-out][data-seconds='600']")
    expect(viewer.page.locator("[data-chat-barred]")).to_contain_text(re.compile(r"\d"))
    expect(viewer.page.locator("[data-chat-input]")).to_be_hidden()

    keeper.press("[data-act=forgive]")
    expect(viewer.page.locator("[data-chat-input]")).to_be_visible()
    keeper.press("#chat-card header button")
    viewer.say("em xin lỗi ạ")
    keeper.sees("em xin lỗi ạ")


def test_an_evening_without_scripts_up_to_the_picture(
    browsers: Browsers, site: Site, mails: MailServer, tmp_path: Path
) -> None:
    plain = {"java_script_enabled": False}
    streamer = Traveler(browsers, "/sign-up/", DESKTOP, **plain)
    streamer.sign_up()
    streamer.verify(mails)
    room = streamer.open_room("Không cần JavaScript")
    server = streamer.page.input_value("#server")
    streamer.press("form[data-reveal] button")
    key = streamer.page.input_value("#stream-key")
    assert key not in streamer.page.url

    viewer = Traveler(browsers, room, DESKTOP, **plain)
    expect(viewer.page.locator("[data-player-face=waiting]")).to_be_visible()
    with publisher(f"{server}/{key}", tmp_path / "publisher.log"):
        streamer.page.goto("/studio/")
        _reload_until(streamer, "[data-studio][data-state=live]")

        viewer.page.reload()
        expect(viewer.page.locator("[data-player] noscript .headline")).to_be_visible()
        expect(viewer.page.locator("[data-without-scripts]")).to_be_visible()
        # Following leads to the door, and back.
        viewer.press("form[data-follow] button")
        viewer.press("main a[href*='/sign-up/']")
        viewer.sign_up()
        viewer.press("form[data-follow] button[value=yes]")
        expect(viewer.page.locator("form[data-follow] button[value=no]")).to_be_visible()

        streamer.press("a[href$='/end/']")
        streamer.press("main form button[type=submit]")

    expect(streamer.page.locator(".toast.success")).to_be_visible()
    viewer.page.reload()
    expect(viewer.page.locator("[data-player-face=ended] a").first).to_be_visible()


def _reload_until(person: Traveler, selector: str) -> None:
    """Look again, as somebody without scripts has to."""
    for _attempt in range(40):
        if person.page.locator(selector).count():
            return
        person.page.reload()
    raise AssertionError(f"there is no {selector}")


def test_an_evening_in_which_the_server_restarts(
    browsers: Browsers, site: Site, mails: MailServer, tmp_path: Path
) -> None:
    away = ("WebSocket", "ERR_", "Failed to load", "503")
    streamer = Traveler(browsers, "/sign-up/", DESKTOP, expect=away)
    streamer.sign_up()
    room = streamer.open_room("Máy chủ nghỉ một lát")
    server, key = streamer.copied("server"), streamer.copied("stream-key")
    viewer = Traveler(browsers, "/sign-up/", PHONE, expect=away)
    viewer.sign_up()
    viewer.page.goto(room)
    with publisher(f"{server}/{key}", tmp_path / "publisher.log"):
        wait_for_pictures(viewer.page)
        viewer.say("trước khi tắt")
        viewer.sees("trước khi tắt")
        viewer.page.evaluate("() => { window.sameDocument = true; }")

        site.web.stop()
        expect(viewer.page.locator("[data-chat-banner]")).to_be_visible()
        viewer.page.fill("[data-chat-input]", "đang gõ dở")
        site.web.start()
        site.wait_until_ready()

        # Picture, chat and what was typed are there without a reload.
        wait_for_face(viewer.page, "live", timeout=40)
        wait_for_pictures(viewer.page)
        expect(viewer.page.locator("[data-chat-banner]")).to_be_hidden()
        expect(viewer.page.locator("[data-chat-input]")).to_have_value("đang gõ dở")
        viewer.press("[data-chat-send]")
        viewer.sees("đang gõ dở")
        expect(viewer.page.locator(".message")).to_have_count(2)
        assert viewer.page.evaluate("() => window.sameDocument")
        expect(streamer.page.locator("[data-studio]")).to_have_attribute("data-state", "live")
