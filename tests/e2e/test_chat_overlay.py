"""The chat over a picture: what a browser in OBS shows."""

from __future__ import annotations

import io
import uuid

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, say, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_SECRET = """
from chat.services import overlay_secret
from rooms.models import Room
print(overlay_secret(Room.objects.get(room_id={room!r}).owner))
"""
_RENEW = """
from chat.services import renew_overlay
from rooms.models import Room
renew_overlay(Room.objects.get(room_id={room!r}).owner)
"""
_LOCK = """
from rooms.models import Room
from rooms.services import change_room
change_room(room=Room.objects.get(room_id={room!r}), visibility="password", password="open sesame")
"""
_DELETE = """
from chat.models import Message
from chat.services import delete_message
message = Message.objects.get(room__room_id={room!r}, text={text!r})
delete_message(room=message.room, actor_id=message.room.owner_id, message_id=message.pk)
"""
_NEXT_ROOM = """
from rooms.models import EndReason, Room
from rooms.services import end_room, open_room
room = Room.objects.get(room_id={room!r})
end_room(room=room, reason=EndReason.OWNER, block_encoder=True)
print(open_room(owner=room.owner, title="The next one").room_id)
"""


def secret_of(site: Site, room: str) -> str:
    """Return the secret of the overlay of the room's streamer."""
    return site.python(_SECRET.format(room=room)).strip()


def is_see_through(page: Page) -> bool:
    """Whether the page's upper right corner shows what is behind it."""
    picture = Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")
    pixel = picture.getpixel((picture.width - 2, 2))
    assert isinstance(pixel, tuple)
    return pixel[3] == 0


def test_the_streamer_copies_the_link_and_it_shows_the_chat(
    browsers: Browsers, site: Site, room: str
) -> None:
    studio = browsers.open("/studio/", **signed_in(site, owner_of(site, room)))
    studio.click(".overlay-panel summary")
    studio.select_option("#overlay-size", "36")
    studio.click(".overlay-panel [data-copy]")
    expect(studio.locator(".overlay-panel [data-copied]")).to_be_visible()
    link = studio.evaluate("navigator.clipboard.readText()")
    secret = secret_of(site, room)
    assert link == f"{site.url}/overlay/chat/?size=36#{secret}"
    assert secret not in browsers.everything_seen_by(studio)

    # Nobody is signed in there, and the room has a password.
    site.python(_LOCK.format(room=room))
    say(site, room, "before")
    overlay = browsers.open(link)
    expect(message(overlay, "before")).to_be_visible()
    say(site, room, "now", "!song")
    expect(message(overlay, "now")).to_be_visible()
    expect(overlay.locator(".message")).to_have_count(2)
    assert is_see_through(overlay)
    assert secret not in browsers.everything_seen_by(overlay)

    # What is removed is gone without a trace.
    site.python(_DELETE.format(room=room, text="before"))
    expect(overlay.locator(".message")).to_have_count(1)


def test_it_follows_the_streamer_until_the_link_is_renewed(
    browsers: Browsers, site: Site, room: str
) -> None:
    overlay = browsers.open(f"/overlay/chat/#{secret_of(site, room)}")
    say(site, room, "before")
    expect(message(overlay, "before")).to_be_visible()

    # From room to room by itself.
    following = site.python(_NEXT_ROOM.format(room=room)).strip()
    expect(overlay.locator(".message")).to_have_count(0)
    say(site, following, "hello again")
    expect(message(overlay, "hello again")).to_be_visible()

    # A new link ends the old one.
    site.python(_RENEW.format(room=room))
    expect(overlay.locator(".message")).to_have_count(0)
    expect(overlay.locator("[data-overlay-word]")).to_be_hidden()
    overlay.reload()
    expect(overlay.locator("[data-overlay-word]")).to_be_visible()


def test_messages_fade_and_some_are_not_for_the_picture(
    browsers: Browsers, site: Site, room: str
) -> None:
    bot = f"bot_{uuid.uuid4().hex[:6]}"
    overlay = browsers.open(
        f"/en/overlay/chat/?fade=2&look=dark&hide={bot}#{secret_of(site, room)}"
    )

    say(site, room, "I am a bot", by=bot)
    say(site, room, "soon gone")
    expect(message(overlay, "soon gone")).to_be_visible()
    expect(overlay.locator(".message")).to_have_count(0)


def test_a_server_that_comes_back_brings_the_overlay_what_it_missed(
    browsers: Browsers, site: Site, room: str
) -> None:
    overlay = browsers.open(
        f"/overlay/chat/#{secret_of(site, room)}", expect=("WebSocket", "Failed to load")
    )
    say(site, room, "before")
    expect(message(overlay, "before")).to_be_visible()

    site.web.kill()
    say(site, room, "meanwhile")
    site.web.start()
    site.wait_until_ready()

    expect(message(overlay, "meanwhile")).to_be_visible()
    expect(overlay.locator(".message")).to_have_count(2)
