"""Before one's first message in a chat, and while it waits for a moderator."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers
from tests.e2e.talk import message, owner_of, signed_in
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_RULES = """
from chat.services import add_word, set_rules
from rooms.models import Room
room = Room.objects.get(room_id={room!r})
set_rules(room.owner, "Nói chuyện tử tế.")
add_word(room=room, actor_id=room.owner_id, text="hmm", treatment="hold")
"""


def test_one_agrees_to_the_rules_once_and_what_waits_is_not_forgotten(
    browsers: Browsers, site: Site, room: str
) -> None:
    site.python(_RULES.format(room=room))
    writer = browsers.open(f"/rooms/{room}/", **signed_in(site, f"ada_{uuid.uuid4().hex[:8]}"))
    field, rules = writer.locator("[data-chat-input]"), writer.locator("[data-chat-rules]")
    expect(rules).to_contain_text("Nói chuyện tử tế.")
    expect(field).to_be_hidden()

    rules.locator("button").click()
    expect(field).to_be_focused()
    field.fill("hmm, để xem")
    field.press("Enter")
    expect(message(writer, "hmm").locator("[data-fate=held]")).to_be_visible()

    writer.reload()
    expect(message(writer, "hmm").locator("[data-fate=held]")).to_be_visible()
    expect(rules).to_be_hidden()

    # The streamer decides without scripts, and the writer sees it said.
    keeper = browsers.open(
        f"/rooms/{room}/", java_script_enabled=False, **signed_in(site, owner_of(site, room))
    )
    keeper.click(".chat [data-without-scripts] a")
    keeper.click("button[value=approve]")
    expect(keeper.locator(".held-page li")).to_have_count(0)
    expect(writer.locator(".message[data-id]", has_text="hmm, để xem")).to_be_visible()
    expect(writer.locator(".message[data-nonce]")).to_have_count(0)
