"""What a page is told when it opens a chat: of its own reader, and of nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chat import services
from chat.joining import ChatState, chat_with
from chat.models import Agreement, ChatRules, HeldMessage, Moderator
from rooms.models import Room
from streair.core.errors import Conflict, Invalid
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return RoomFactory()


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


def state(room: Room, *people: User) -> ChatState:
    found = chat_with(room.room_id, [each.pk for each in people])
    assert found is not None
    return found


def hold(room: Room, author: User, text: str, **fields: Any) -> HeldMessage:
    return HeldMessage.objects.create(room=room, author=author, text=text, word="hmm", **fields)


# --- Messages that wait ---


def test_somebody_is_told_what_of_theirs_waits_here(room: Room, ada: User) -> None:
    ben = UserFactory()
    held = hold(room, ada, "hmm")
    hold(room, ben, "hmm, too")
    hold(RoomFactory(), ada, "elsewhere")
    hold(room, ada, "decided", state="denied")
    hold(room, ada, "too old", held=now() - timedelta(days=2))

    found = state(room, ada, ben)

    # Not for which word: that is the moderators' business.
    expected = {"heldId": held.pk, "message": "hmm", "timestamp": held.held.isoformat()}
    assert found.held_of(ada.pk) == [expected]
    assert [each["message"] for each in found.held_of(ben.pk)] == ["hmm, too"]
    assert found.held_of(None) == found.held_of(room.owner_id) == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_crowd_costs_no_more_questions(
    room: Room, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.set_rules(room.owner, "Be kind.")
    people = UserFactory.create_batch(count)
    for each in people:
        hold(room, each, "hmm")

    with django_assert_num_queries(4):
        state(room, *people)


def test_who_is_not_known_costs_one_question(
    room: Room, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        state(room)


# --- Rules ---


def test_whoever_writes_agrees_once_to_each_edition(room: Room, ada: User) -> None:
    services.set_rules(room.owner, "Be kind.\r\nNo spoilers.")
    asked = state(room, ada).rules_for(ada.pk)
    assert asked == {"text": "Be kind.\nNo spoilers.", "edition": 1}

    for _ in range(2):
        services.agree(room=room, user_id=ada.pk, edition=1)
    assert state(room, ada).rules_for(ada.pk) is None
    # In all of the streamer's rooms.
    Room.objects.filter(pk=room.pk).update(state="ended", ended_at=now())
    next_room = RoomFactory(owner=room.owner)
    assert state(next_room, ada).rules_for(ada.pk) is None

    services.set_rules(room.owner, "Be kind.\nNo spoilers.")
    assert state(room, ada).rules_for(ada.pk) is None, "nothing changed"
    services.set_rules(room.owner, "Be very kind.")
    assert state(room, ada).rules_for(ada.pk) == {"text": "Be very kind.", "edition": 2}


def test_rules_that_are_no_more_cannot_be_agreed_to(room: Room, ada: User) -> None:
    with pytest.raises(Conflict):
        services.agree(room=room, user_id=ada.pk, edition=1)
    services.set_rules(room.owner, "Be kind.")
    services.set_rules(room.owner, "")

    for edition in (1, 2):
        with pytest.raises(Conflict) as refused:
            services.agree(room=room, user_id=ada.pk, edition=edition)
        assert refused.value.code == "rules-changed"
    assert state(room, ada).rules_for(ada.pk) is None
    assert not Agreement.objects.exists()


def test_those_who_keep_order_and_strangers_are_not_asked(room: Room, ada: User) -> None:
    services.set_rules(room.owner, "Be kind.")
    Moderator.objects.create(owner=room.owner, user=ada)

    found = state(room, ada, room.owner)

    assert found.rules_for(ada.pk) is found.rules_for(room.owner_id) is found.rules_for(None)
    assert found.rules_for(None) is None


@pytest.mark.parametrize("text", ["x" * 501, "x\n" * 13 + "x"])
def test_rules_are_short(room: Room, text: str) -> None:
    with pytest.raises(Invalid):
        services.set_rules(room.owner, text)

    assert not ChatRules.objects.exists()


def test_who_is_erased_takes_them_along(room: Room, ada: User) -> None:
    services.set_rules(room.owner, "Be kind.")
    services.agree(room=room, user_id=ada.pk, edition=1)

    services.forget_rules(ada)
    assert not Agreement.objects.exists()
    services.forget_rules(room.owner)
    assert not ChatRules.objects.exists()
