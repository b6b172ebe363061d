"""The demo's audience on a real site: it talks, answers strangers, and goes when the stream does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from streams.demo_audience import Audience, Pace
from streams.demo_lines import CAST, CONVERSATIONS
from tests.eventually import comes_true
from tests.servers.site import Site
from tests.system.chatters import Page, pages

pytestmark = pytest.mark.system

_PREPARE = """
import json
from django.test import Client
from django.utils.timezone import now
from accounts.models import User
from rooms.models import Room
from streams import demo
demo.prepare()
Room.objects.filter(owner__username="demo").update(state="live", live_since=now())
stranger = User.objects.create(username="stranger", email="stranger@example.org")
client = Client()
client.force_login(stranger)
print(json.dumps({
    "room": Room.objects.get(owner__username="demo").room_id,
    "session": client.cookies["sessionid"].value,
    "logins": demo.audience(),
}))
"""
_END = """
from rooms.models import EndReason, Room
from rooms.services import end_room
end_room(room=Room.objects.get(room_id="{room}"), reason=EndReason.OWNER, block_encoder=False)
"""


def said_by(page: Page, names: set[str]) -> list[dict[str, Any]]:
    return [each for each in page.messages if each["username"] in names]


async def until(page: Page, is_it: Any) -> None:
    await comes_true(lambda: any(map(is_it, page.messages)), seconds=60)


async def test_they_talk_and_answer_strangers_until_the_stream_ends(
    site: Site, settings: Any
) -> None:
    made = json.loads(await asyncio.to_thread(site.python, _PREPARE))
    settings.PORT = site.addresses.port
    audience = Audience(made["logins"], pace=Pace(0.02))

    async with (
        pages(site, made["room"], made["session"], 1) as [page],
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(audience.visit(made["room"]))
        await until(page, lambda each: each["replyTo"] is not None)
        await until(page, lambda _each: len(page.messages) > 20)
        assert (await page.say("Xin chào, đang phát gì vậy?"))["event"] == "ack"
        await until(page, lambda each: "@stranger" in each["message"])
        await asyncio.to_thread(site.python, _END.format(room=made["room"]))

    assert len({each["username"] for each in said_by(page, set(CAST))}) > 3


def test_everything_can_be_said() -> None:
    assert {name for talk in CONVERSATIONS for name, _line in talk} == set(CAST)
    assert max(len(line) for talk in CONVERSATIONS for _name, line in talk) < 200
    assert not any(talk[0][1].startswith("↳") for talk in CONVERSATIONS)
