"""Somebody goes live, and whoever follows them is told in a corner of whatever page they read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import talk
from tests.e2e.browsers import Browsers
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_FOLLOW = """
from accounts.models import Follow, User
from rooms.models import Room
fan, _ = User.objects.get_or_create(username="news_fan", defaults={{"email": "fan@example.org"}})
Follow.objects.get_or_create(follower=fan, followed=Room.objects.get(room_id={room!r}).owner)
"""
_GO_LIVE = """
from rooms.models import Room
from rooms.services import go_live
go_live(Room.objects.get(room_id={room!r}).pk)
"""


def test_a_toast_leads_to_the_room(browsers: Browsers, site: Site) -> None:
    room, other = talk.open_room(site), talk.open_room(site)
    site.python(_FOLLOW.format(room=room))
    fan = talk.signed_in(site, "news_fan")
    # One page has a socket of its own, the other gets one for this.
    with_socket = browsers.open(f"/rooms/{other}/", **fan)
    without = browsers.open("/account/", **fan)
    stranger = browsers.open("/")
    expect(without.locator("[data-news]")).to_have_attribute(
        "data-connection", "open", timeout=60_000
    )
    expect(with_socket.locator("[data-chat-welcome]")).to_be_visible()

    site.python(_GO_LIVE.format(room=room))

    for page in (with_socket, without):
        toast = page.locator("[data-toast]", has_text="A quiet evening")
        expect(toast).to_be_visible()
        expect(toast.locator("a")).to_have_attribute("href", f"/rooms/{room}/")
    assert stranger.locator("[data-toast]").count() == 0
    without.locator("[data-toast] a").click()
    expect(without.locator("[data-room-title]")).to_have_text("A quiet evening")
