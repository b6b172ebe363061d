"""Messages that go, and what is left of them for whom."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat import selectors
from chat.models import Action, Deed, Message, MessageState
from chat.services import ban, clear_chat, delete_message
from chat.services.checks import REMOVALS
from rooms.models import Room
from streair.core.errors import NotAllowed, NotFound, TooFast
from streair.core.ratelimit import Limit
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.published import published
from tests.unit.chat.moderators import moderator_of

pytestmark = pytest.mark.django_db


def texts(room: Room, **window: int) -> list[str]:
    return [message.text for message in selectors.history(room.pk, **window)]


def person(room: Room, who: str) -> User:
    """Return somebody of this standing in `room`."""
    if who == "owner":
        return room.owner
    return moderator_of(room) if who == "moderator" else UserFactory(is_staff=who == "admin")


def test_history_is_the_last_ones_the_newest_last_and_of_this_room_alone() -> None:
    room = RoomFactory()
    ids = [MessageFactory(room=room, text=str(number)).pk for number in range(5)]
    MessageFactory(text="elsewhere")
    MessageFactory(room=room, text="gone", state=MessageState.DELETED)

    assert texts(room, limit=3) == ["2", "3", "4"]
    assert texts(room, before=ids[3], limit=2) == ["1", "2"]
    assert texts(room, after=ids[1]) == ["2", "3", "4"]
    assert texts(room, after=ids[1], limit=1) == ["2"]
    assert texts(RoomFactory()) == []


def test_history_costs_one_query_however_long(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    room = RoomFactory()
    for _ in range(3):
        MessageFactory(room=room, reply_to=MessageFactory(room=room))

    with django_assert_num_queries(1):
        names = [
            (
                message.author and message.author.username,
                message.reply_to and message.reply_to.author,
            )
            for message in selectors.history(room.pk)
        ]
    assert len(names) == 6


def test_whoever_was_away_gets_what_came_and_learns_what_went() -> None:
    room = RoomFactory()
    first, second, third = [MessageFactory(room=room) for _ in range(3)]
    last_seen = MessageFactory(room=room)
    later = [MessageFactory(room=room).pk for _ in range(2)]
    Message.objects.filter(pk__in=[first.pk, third.pk]).update(state=MessageState.DELETED)

    missed = selectors.missed(room.pk, last_seen.pk)

    assert [message.pk for message in missed.messages] == later
    assert (missed.removed, missed.gap) == ([first.pk, third.pk], False)
    assert second.pk not in missed.removed


@pytest.mark.parametrize(("count", "gap"), [(200, False), (201, True)])
def test_whoever_missed_more_than_two_hundred_is_told_so(count: int, gap: bool) -> None:
    room = RoomFactory()
    author = UserFactory()
    rows = [Message(room=room, author=author, text="x") for _ in range(count + 1)]
    first, *_ = Message.objects.bulk_create(rows)

    missed = selectors.missed(room.pk, first.pk)

    assert missed.gap is gap
    assert len(missed.messages) == (0 if gap else count)


def test_an_author_takes_a_message_back_and_it_is_no_moderator_s_doing() -> None:
    room, ada = RoomFactory(), UserFactory()
    message = MessageFactory(room=room, author=ada)

    with published() as heard:
        delete_message(room=room, actor_id=ada.pk, message_id=message.pk)
        delete_message(room=room, actor_id=ada.pk, message_id=message.pk)

    data = {"roomId": room.room_id, "messageId": message.pk, "byModerator": False}
    assert heard == [(room.group, "message-deleted", data)]
    assert texts(room) == []
    assert not Deed.objects.exists()
    # The row stays.
    message.refresh_from_db()
    assert (message.state, message.text, message.removed_by) == ("deleted", "Good evening!", ada)


@pytest.mark.parametrize(
    ("actor", "author", "allowed"),
    [
        ("viewer", "viewer", False),
        ("viewer", "moderator", False),
        ("moderator", "viewer", True),
        ("moderator", "moderator", False),
        ("moderator", "owner", False),
        ("owner", "viewer", True),
        ("owner", "moderator", True),
        ("owner", "admin", False),
        ("admin", "owner", True),
        ("admin", "moderator", True),
        ("admin", "admin", False),
    ],
)
def test_nobody_removes_what_an_equal_or_higher_said(
    actor: str, author: str, allowed: bool
) -> None:
    room = RoomFactory()
    message = MessageFactory(room=room, author=person(room, author))
    who = person(room, actor)

    if allowed:
        delete_message(room=room, actor_id=who.pk, message_id=message.pk)
    else:
        with pytest.raises(NotAllowed):
            delete_message(room=room, actor_id=who.pk, message_id=message.pk)

    message.refresh_from_db()
    assert (message.state == MessageState.DELETED) is allowed
    deeds = [(deed.actor, deed.target, deed.action) for deed in Deed.objects.all()]
    assert deeds == ([(who, message.author, Action.DELETED)] if allowed else [])


def test_what_a_deleted_account_said_can_be_removed() -> None:
    room = RoomFactory()
    message = MessageFactory(room=room)
    assert message.author is not None
    message.author.delete()

    assert [each.author for each in selectors.history(room.pk)] == [None]
    delete_message(room=room, actor_id=room.owner.pk, message_id=message.pk)

    assert texts(room) == []


def test_a_message_of_another_room_is_not_found() -> None:
    room, message = RoomFactory(), MessageFactory()

    with pytest.raises(NotFound):
        delete_message(room=room, actor_id=room.owner.pk, message_id=message.pk)


def test_clearing_hides_everything_so_far_and_keeps_the_rows() -> None:
    room = RoomFactory()
    last = [MessageFactory(room=room).pk for _ in range(3)][-1]
    other = MessageFactory()
    who = moderator_of(room)

    with published() as heard:
        assert clear_chat(room=room, actor_id=who.pk) == 3
    MessageFactory(room=room, text="after")

    data = {"roomId": room.room_id, "lastMessageId": last}
    assert heard == [(room.group, "chat-cleared", data)]
    assert texts(room) == ["after"]
    assert texts(other.room) == [other.text]
    assert Message.objects.filter(room=room, state=MessageState.CLEARED).count() == 3
    assert Deed.objects.get().action == Action.CLEARED


def test_a_viewer_clears_nothing() -> None:
    message = MessageFactory()

    with pytest.raises(NotAllowed):
        clear_chat(room=message.room, actor_id=UserFactory().pk)

    assert texts(message.room) == [message.text]


def test_nobody_removes_faster_than_a_human_and_what_is_ones_own_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A window that does not end in the middle of this.
    monkeypatch.setattr(
        "chat.services.checks.REMOVALS", Limit(REMOVALS.name, REMOVALS.count, 86_400)
    )
    room, author, other = RoomFactory(), UserFactory(), UserFactory()
    owner = room.owner_id
    said = [MessageFactory(room=room, author=author).pk for _ in range(REMOVALS.count + 2)]
    for message in said[: REMOVALS.count]:
        delete_message(room=room, actor_id=owner, message_id=message)

    for remove in (
        lambda: delete_message(room=room, actor_id=owner, message_id=said[-1]),
        lambda: clear_chat(room=room, actor_id=owner),
        lambda: ban(room=room, actor_id=owner, user_id=author.pk),
    ):
        with pytest.raises(TooFast):
            remove()

    assert Message.objects.shown().count() == 2
    ban(room=room, actor_id=moderator_of(room).pk, user_id=other.pk)
    for _ in range(REMOVALS.count + 1):
        own = MessageFactory(room=room, author=author).pk
        delete_message(room=room, actor_id=author.pk, message_id=own)
