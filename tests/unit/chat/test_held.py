"""Held messages: who decides on them, once, and what everybody hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import now

from accounts import registry
from accounts.models import User
from chat import selectors, services
from chat.models import HELD_FOR, Action, Deed, HeldMessage, HeldState, Message
from rooms.models import EndReason, Room
from rooms.services import end_room
from streair.core.errors import Conflict, NotAllowed, NotFound
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.published import published
from tests.unit.chat.moderators import moderator_of

pytestmark = pytest.mark.django_db


def hold(room: Room, author: User | None = None, **fields: Any) -> HeldMessage:
    author = author or UserFactory()
    return HeldMessage.objects.create(room=room, author=author, **{"text": "hmm", **fields})


def decide(held: HeldMessage, who: User, *, approve: bool = True) -> HeldMessage:
    return services.decide(room=held.room, actor_id=who.pk, held_id=held.pk, approve=approve)


def test_approved_it_becomes_the_newest_message_of_its_author() -> None:
    room, ada = RoomFactory(), UserFactory()
    held = hold(room, ada, reply_to=MessageFactory(room=room))
    newer = MessageFactory(room=room)
    who = moderator_of(room)

    with published() as heard:
        decide(held, who)

    said = Message.objects.latest("pk")
    assert said.pk > newer.pk
    assert (said.author, said.text, said.role, said.reply_to) == (ada, "hmm", "", held.reply_to)
    assert said.sent > newer.sent
    assert [(group, name) for group, name, _ in heard] == [
        (room.group, "new-message"),
        (room.group, "held-settled"),
    ]
    assert heard[1][2] == {
        "roomId": room.room_id,
        "heldId": held.pk,
        "userId": ada.pk,
        "outcome": "approved",
        "by": who.username,
    }
    deed = Deed.objects.get()
    assert (deed.action, deed.actor, deed.target) == (Action.APPROVED, who, ada)


def test_denied_it_is_never_said() -> None:
    held = hold(RoomFactory())

    with published() as heard:
        decide(held, held.room.owner, approve=False)

    assert not Message.objects.exists()
    assert [(name, data["outcome"]) for _, name, data in heard] == [("held-settled", "denied")]
    assert Deed.objects.get().details["text"] == "hmm"


@pytest.mark.parametrize("second", [True, False])
def test_whoever_decides_second_is_told_and_changes_nothing(second: bool) -> None:
    held = hold(RoomFactory())
    decide(held, held.room.owner)

    with pytest.raises(Conflict) as refusal:
        decide(held, moderator_of(held.room), approve=second)

    assert refusal.value.code == "decided-already"
    assert Message.objects.count() == Deed.objects.count() == 1


def test_strangers_neither_decide_nor_learn_that_there_is_something() -> None:
    held, elsewhere = hold(RoomFactory()), RoomFactory()

    for who in (UserFactory(), held.author, elsewhere.owner, moderator_of(elsewhere)):
        with pytest.raises(NotAllowed):
            decide(held, who)
    with pytest.raises(NotFound):
        services.decide(room=elsewhere, actor_id=elsewhere.owner.pk, held_id=held.pk, approve=True)
    held.refresh_from_db()
    assert held.state == HeldState.WAITING


def test_nobody_decides_on_what_an_equal_or_higher_said() -> None:
    room = RoomFactory()
    moderator = moderator_of(room)
    by_owner, by_moderator = hold(room, room.owner), hold(room, moderator)

    for held, who in ((by_owner, moderator), (by_owner, room.owner), (by_moderator, moderator)):
        with pytest.raises(NotAllowed):
            decide(held, who)
    decide(by_moderator, room.owner)
    assert Message.objects.get().role == "moderator"


def test_after_a_day_or_the_rooms_end_nothing_waits() -> None:
    room, over = RoomFactory(), RoomFactory()
    old = hold(room, held=now() - HELD_FOR)
    late = hold(over)
    end_room(room=over, reason=EndReason.OWNER, block_encoder=False)
    over.refresh_from_db()
    fresh = hold(room)

    assert selectors.held_messages(room, limit=10) == (1, [fresh])
    assert selectors.held_messages(over, limit=10) == (0, [])
    for held in (old, late):
        with pytest.raises(Conflict):
            decide(held, held.room.owner)


def test_the_queue_is_told_in_part_and_counted_in_whole() -> None:
    room = RoomFactory()
    first, *_ = [hold(room) for _ in range(3)]
    hold(RoomFactory())

    assert selectors.held_messages(room, limit=1) == (3, [first])


def test_a_ban_takes_along_what_waits_in_the_streamers_rooms() -> None:
    room, ada = RoomFactory(), UserFactory()
    mine, others, elsewhere = hold(room, ada), hold(room), hold(RoomFactory(), ada)

    with published() as heard:
        services.ban(room=room, actor_id=room.owner.pk, user_id=ada.pk)

    assert ("held-settled", "dropped") in [(name, data.get("outcome")) for _, name, data in heard]
    waiting = set(HeldMessage.objects.waiting())
    assert waiting == {others, elsewhere}
    with pytest.raises(Conflict):
        decide(mine, room.owner)


def test_who_leaves_takes_along_what_waits_and_at_last_all_of_it() -> None:
    held = hold(RoomFactory())

    assert registry.exported(held.author)["held_messages"][0]["text"] == "hmm"
    registry.leave(held.author)
    assert not HeldMessage.objects.waiting().exists()
    registry.erase(held.author)
    assert not HeldMessage.objects.exists()


def test_what_quotes_a_removed_message_quotes_nothing() -> None:
    room = RoomFactory()
    held = hold(room, reply_to=MessageFactory(room=room, state="deleted"))

    decide(held, room.owner)

    assert Message.objects.latest("pk").reply_to is None


def test_waiting_messages_are_in_no_history_and_no_catching_up() -> None:
    room = RoomFactory()
    hold(room)

    assert selectors.history(room.pk) == []
    assert selectors.missed(room.pk, 0).messages == []
    assert selectors.rows_after(room.pk, 0, limit=10) == []
