"""Writing messages: who may, how often, and in which order they are there."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat import selectors
from chat.events import MessageSent
from chat.models import Chat, Message, Moderator, Restriction
from chat.services import Draft, Held, Written, send_message, write
from rooms.models import EndReason, Room
from rooms.services import end_room
from streair.core.errors import NotFound, StreAirError
from tests.factories import MessageFactory, RoomFactory, UserFactory
from tests.published import published

pytestmark = pytest.mark.django_db


def say(room: Room, *authors: User, text: str = "hello") -> list[Written | Held | StreAirError]:
    """Write one message of each author."""
    return write(room_id=room.room_id, drafts=[Draft(author.pk, text) for author in authors])


def codes(outcomes: list[Written | Held | StreAirError]) -> list[str]:
    """Return what became of each draft: "" is written."""
    return [each.code if isinstance(each, StreAirError) else "" for each in outcomes]


def restrict(room: Room, user: User, *, seconds: float | None = None, reason: str = "") -> None:
    until = None if seconds is None else now() + timedelta(seconds=seconds)
    Restriction.objects.create(owner=room.owner, user=user, until=until, reason=reason)


def test_a_message_is_there_and_knows_the_one_before_it() -> None:
    room, ada = RoomFactory(), UserFactory(username="ada", display_name="Ada")
    earlier = MessageFactory(room=room)
    MessageFactory()

    (outcome,) = say(room, ada, text="chào")

    assert isinstance(outcome, Written)
    stored = Message.objects.get(pk=outcome.event.id)
    assert (stored.room, stored.author, stored.text, stored.role) == (room, ada, "chào", "")
    assert outcome.previous_id == earlier.pk
    assert outcome.event.data() == {
        "id": stored.pk,
        "roomId": room.room_id,
        "userId": ada.pk,
        "username": "ada",
        "displayName": "Ada",
        "role": "",
        "message": "chào",
        "timestamp": stored.sent.isoformat(),
        "replyTo": None,
    }


def test_several_at_once_are_in_their_order_and_name_each_other() -> None:
    room, people = RoomFactory(), UserFactory.create_batch(5)

    outcomes = say(room, *people)

    written = [each for each in outcomes if isinstance(each, Written)]
    ids = [each.event.id for each in written]
    assert ids == sorted(ids)
    assert [each.previous_id for each in written] == [0, *ids[:-1]]
    assert [each.event.user_id for each in written] == [person.pk for person in people]


def test_the_sixth_message_in_ten_seconds_waits_and_other_people_do_not() -> None:
    room, elsewhere = RoomFactory(), RoomFactory()
    ada, bob = UserFactory(), UserFactory()
    MessageFactory(author=ada, room=elsewhere, sent=now() - timedelta(seconds=7.5))

    first = codes(say(room, ada, ada, ada))
    (*second, refused) = say(room, ada, ada, bob, ada)

    # The message in the other room counts too; it leaves the window first.
    assert first == ["", "", ""]
    assert codes(second) == ["", "too-fast", ""]
    assert isinstance(refused, StreAirError)
    assert (refused.code, refused.retry_after) == ("too-fast", 3)


def test_slow_mode_looks_further_back_than_ten_seconds() -> None:
    room, ada, bob = RoomFactory(), UserFactory(), UserFactory()
    Chat.objects.create(room=room, slow_seconds=60)
    MessageFactory(author=ada, room=room, sent=now() - timedelta(seconds=20.5))
    MessageFactory(author=bob, room=room, sent=now() - timedelta(seconds=61))

    (refused, written) = say(room, ada, bob)

    assert isinstance(refused, StreAirError)
    assert (refused.code, refused.retry_after) == ("slow-mode", 40)
    assert isinstance(written, Written)


@override_settings(RATE_LIMIT_ENABLED=False)
def test_limits_can_be_switched_off() -> None:
    room, ada = RoomFactory(), UserFactory()

    assert codes(say(room, *[ada] * 8)) == [""] * 8


@pytest.mark.parametrize("who", ["owner", "moderator", "admin"])
def test_who_keeps_order_may_write_as_fast_as_they_can_and_wears_a_badge(who: str) -> None:
    room = RoomFactory()
    user = room.owner if who == "owner" else UserFactory(is_staff=who == "admin")
    if who == "moderator":
        Moderator.objects.create(owner=room.owner, user=user)
    Chat.objects.create(room=room, slow_seconds=60, links_off=True, emoji_only=True)

    outcomes = say(room, *[user] * 7, text="https://example.org")

    assert codes(outcomes) == [""] * 7
    assert Message.objects.filter(room=room, role=who).count() == 7


def test_a_moderator_of_somebody_else_is_a_viewer_here() -> None:
    room, user = RoomFactory(), UserFactory()
    Moderator.objects.create(owner=UserFactory(), user=user)
    restrict(RoomFactory(), user)

    assert codes(say(room, *[user] * 6)) == ["", "", "", "", "", "too-fast"]


def test_who_is_banned_is_told_why_and_writes_nothing() -> None:
    room, ada, bob = RoomFactory(), UserFactory(), UserFactory()
    restrict(room, ada, reason="spam")

    outcomes = say(room, ada, bob)

    assert codes(outcomes) == ["banned", ""]
    assert "spam" in str(outcomes[0])
    assert set(Message.objects.values_list("author", flat=True)) == {bob.pk}


def test_a_timeout_says_how_long_and_ends() -> None:
    room, ada, bob = RoomFactory(), UserFactory(), UserFactory()
    restrict(room, ada, seconds=59.5)
    restrict(room, bob, seconds=-1)

    still, over = say(room, ada, bob)

    assert isinstance(still, StreAirError)
    assert (still.code, still.retry_after) == ("timed-out", 59)
    assert codes([over]) == [""]


@pytest.mark.parametrize(
    ("modes", "text", "code"),
    [
        ({"links_off": True}, "see example.com", "links-off"),
        ({"links_off": True}, "see you", ""),
        ({"emoji_only": True}, "hello 😀", "emoji-only"),
        ({"emoji_only": True}, "😀", ""),
    ],
)
def test_modes_hold_for_viewers(modes: dict[str, bool], text: str, code: str) -> None:
    room = RoomFactory()
    Chat.objects.create(room=room, **modes)

    assert codes(say(room, UserFactory(), text=text)) == [code]


def test_slow_mode_lets_each_person_write_now_and_then() -> None:
    room, ada, bob = RoomFactory(), UserFactory(), UserFactory()
    Chat.objects.create(room=room, slow_seconds=30)
    MessageFactory(room=room, author=ada, sent=now() - timedelta(seconds=20.5))
    MessageFactory(author=bob, sent=now() - timedelta(seconds=1))

    slow, quick, again = say(room, ada, bob, bob)

    assert codes([slow, quick, again]) == ["slow-mode", "", "slow-mode"]
    assert isinstance(slow, StreAirError)
    assert slow.retry_after == 10


def test_nobody_writes_into_a_room_that_is_over() -> None:
    room = RoomFactory()
    end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert codes(say(room, room.owner, UserFactory())) == ["room-ended", "room-ended"]


def test_nobody_writes_whose_account_is_closed_or_gone() -> None:
    room, ghost = RoomFactory(), UserFactory(is_active=False)

    outcomes = write(room_id=room.room_id, drafts=[Draft(ghost.pk, "boo"), Draft(10**9, "boo")])

    assert codes(outcomes) == ["not-allowed", "not-allowed"]


def test_what_comes_too_late_is_not_written_any_more() -> None:
    room, ada = RoomFactory(), UserFactory()

    outcomes = write(room_id=room.room_id, drafts=[Draft(ada.pk, "late", deadline=0.0)])

    assert codes(outcomes) == ["unavailable"]
    assert not Message.objects.exists()


def test_no_room_is_an_error() -> None:
    with pytest.raises(NotFound):
        write(room_id="nobodyshome", drafts=[Draft(UserFactory().pk, "hello")])


def test_a_reply_quotes_what_it_answers() -> None:
    room, ada = RoomFactory(), UserFactory(username="ada")
    asked = MessageFactory(room=room, author=ada, text="Who\nis there?")
    bob = UserFactory()

    (outcome,) = write(room_id=room.room_id, drafts=[Draft(bob.pk, "Me!", reply_to=asked.pk)])

    assert isinstance(outcome, Written)
    assert outcome.event.reply_to == {
        "id": asked.pk,
        "userId": ada.pk,
        "username": "ada",
        "displayName": "ada",
        "message": "Who is there?",
    }


@pytest.mark.parametrize("fields", [{"state": "deleted"}, {"state": "hidden"}, {"room": None}])
def test_a_reply_quotes_neither_what_is_gone_nor_another_room(fields: dict[str, object]) -> None:
    room = RoomFactory()
    asked = MessageFactory(
        **{"room": room, **{key: value or RoomFactory() for key, value in fields.items()}}
    )

    (outcome,) = write(room_id=room.room_id, drafts=[Draft(room.owner.pk, "?", asked.pk)])

    assert isinstance(outcome, Written)
    assert outcome.event.reply_to is None


def test_a_hundred_messages_cost_no_more_queries_than_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    room = RoomFactory()
    people = UserFactory.create_batch(100)
    say(room, UserFactory())

    # Chat, people and last id, what they said lately (PostgreSQL: at a time); the insert;
    # and a savepoint's two.
    queries = 4 if connection.vendor == "postgresql" else 6
    with django_assert_num_queries(queries):
        say(room, people[0])
    with django_assert_num_queries(queries):
        say(room, *people)


def test_the_service_tells_the_room_once_it_commits() -> None:
    room, ada = RoomFactory(), UserFactory()

    with published() as heard:
        event = send_message(room=room, author=ada, text="  hello ")

    assert isinstance(event, MessageSent)
    assert heard == [(room.group, "new-message", event.data())]
    assert [each.text for each in selectors.history(room.pk)] == ["hello"]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_its_own_is_over_once_it_is_written() -> None:
    room, ada = RoomFactory(), UserFactory()

    outcomes = [*say(room, ada), *say(room, ada)]

    assert codes(outcomes) == ["", ""]
    assert connection.get_autocommit()
    assert not connection.in_atomic_block
    connection.close()
    assert Message.objects.filter(room=room).count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_larger_transaction_takes_back_is_not_written() -> None:
    room, ada = RoomFactory(), UserFactory()

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        say(room, ada)
        raise ZeroDivisionError

    assert not Message.objects.exists()
