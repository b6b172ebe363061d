"""What a page knows of its own reader after a reload: messages that wait, rules to agree to."""

from __future__ import annotations

import pytest

from chat import services
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import db, watching
from tests.realtime.test_held import forbid

pytestmark = pytest.mark.django_db(transaction=True)

new_room, new_user = db(RoomFactory), db(UserFactory)


async def test_a_message_that_waits_is_still_there_for_its_author_and_for_nobody_else() -> None:
    room, ada = await new_room(), await new_user()

    async with watching(room, user=room.owner) as owner:
        await forbid(owner, "hmm", "hold")
        async with watching(room, user=ada) as author:
            answer = await author.call("chat-message", message="hmm, well")
        async with (
            watching(room, user=ada) as again,
            watching(room, user=await new_user()) as other,
            watching(room) as guest,
        ):
            told = again.snapshot["held"]
            assert [(each["heldId"], each["message"]) for each in told] == [
                (answer["data"]["heldId"], "hmm, well")
            ]
            assert set(told[0]) == {"heldId", "message", "timestamp"}
            for reader in (other, guest):
                assert reader.snapshot["held"] == []
                assert "hmm" not in str(reader.snapshot)

        await owner.call("decide-held", heldId=answer["data"]["heldId"], approve=False)
        async with watching(room, user=ada) as later:
            assert later.snapshot["held"] == []


async def test_one_agrees_to_the_rules_once() -> None:
    room, ada = await new_room(), await new_user()
    await db(services.set_rules)(room.owner, "Be kind.")

    async with watching(room, user=ada) as page, watching(room) as guest:
        assert page.snapshot["rules"] == {"text": "Be kind.", "edition": 1}
        assert guest.snapshot["rules"] is None
        assert (await page.call("agree-to-rules", edition=7))["data"]["code"] == "rules-changed"
        assert (await guest.call("agree-to-rules", edition=1))["data"]["code"] == "sign-in-first"
        assert (await page.call("agree-to-rules", edition=1))["event"] == "ack"

    async with watching(room, user=ada) as page:
        assert page.snapshot["rules"] is None


async def test_modes_for_a_while_are_told_with_their_end() -> None:
    room = await new_room()

    async with watching(room, user=room.owner) as owner, watching(room) as guest:
        answer = await owner.call("set-modes", followersOnly=True, forSeconds=600)

        assert set(answer["data"]["until"]) == {"followersOnly"}
        told = (await guest.event("room-updated"))["data"]["modes"]
        assert told["until"] == answer["data"]["until"]
