"""Rooms that are not for everybody, in real browsers: locked while somebody watches, and for adults."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import LiveRoom, open_room, wait_for_pictures
from tests.servers.publisher import publishing
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_CHANGE = """
from rooms.models import Room
from rooms.services import change_room
change_room(room=Room.objects.get(room_id={!r}), **{!r})
"""


def change(room: LiveRoom, **given: object) -> None:
    room.site.python(_CHANGE.format(room.room_id, given))


def test_a_lock_asks_those_inside_for_the_password(
    browsers: Browsers, site: Site, tmp_path: Path
) -> None:
    room = open_room(site)
    with publishing(room.publish_url, tmp_path / "publisher.log"):
        room.wait_until("live")
        viewer = browsers.open(room.path, expect=("403",))
        wait_for_pictures(viewer, 5)

        change(room, visibility="password", password="mở ra", title="Not for everybody")

        password = viewer.locator("main [name=password]")
        expect(password).to_be_visible(timeout=30_000)
        assert "Not for everybody" not in viewer.content()
        password.fill("wrong")
        viewer.click("main form button")
        expect(viewer.locator("main .errorlist")).to_be_visible()
        password.fill("mở ra")
        viewer.click("main form button")
        wait_for_pictures(viewer, 5)
        expect(viewer.locator("[data-room-title]")).to_have_text("Not for everybody")


def test_no_picture_is_loaded_before_one_says_that_one_is_an_adult(
    browsers: Browsers, site: Site, tmp_path: Path
) -> None:
    room = open_room(site)
    change(room, is_mature=True)
    with publishing(room.publish_url, tmp_path / "publisher.log"):
        room.wait_until("live")
        viewer = browsers.open(room.path)
        viewer.wait_for_load_state("networkidle")
        assert "stream-proxy" not in browsers.everything_seen_by(viewer)

        viewer.click("main form button")
        wait_for_pictures(viewer, 5)
