"""Modes that ask who somebody is: followers, verified addresses, accounts of some age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts import services as accounts
from accounts.models import Follow, User
from chat import services
from chat.models import Chat, Moderator
from chat.services import Draft, Modes, write
from rooms.models import Room
from streair.core.errors import Invalid, StreAirError
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def room_with(**modes: Any) -> Room:
    room = RoomFactory()
    Chat.objects.create(room=room, **modes)
    return room


def refusal(room: Room, user: User) -> tuple[str, int | None]:
    (outcome,) = write(room_id=room.room_id, drafts=[Draft(user.pk, "hello")])
    return (outcome.code, outcome.retry_after) if isinstance(outcome, StreAirError) else ("", None)


def follow(user: User, room: Room, *, minutes: float) -> None:
    accounts.follow(user, room.owner)
    since = now() - timedelta(minutes=minutes)
    Follow.objects.filter(follower=user).update(created=since)


def test_with_followers_only_whoever_follows_may_write_at_once() -> None:
    room, ada = room_with(followers_only=True), UserFactory()
    accounts.follow(ada, RoomFactory().owner)
    assert refusal(room, ada) == ("followers-only", None)

    accounts.follow(ada, room.owner)
    assert refusal(room, ada) == ("", None)

    accounts.unfollow(ada, room.owner)
    assert refusal(room, ada) == ("followers-only", None)


def test_with_minutes_it_says_how_long_is_still_to_wait() -> None:
    room, ada = room_with(followers_only=True, followers_minutes=10), UserFactory()
    follow(ada, room, minutes=7)

    code, wait = refusal(room, ada)
    assert code == "followers-only"
    assert wait is not None
    assert 170 <= wait <= 180

    Follow.objects.update(created=now() - timedelta(minutes=10))
    assert refusal(room, ada) == ("", None)


def test_only_verified_addresses() -> None:
    room = room_with(verified_only=True)

    assert refusal(room, UserFactory()) == ("verified-only", None)
    assert refusal(room, UserFactory(email_verified=True)) == ("", None)


def test_only_accounts_of_some_age() -> None:
    room = room_with(account_age_minutes=60)
    old = now() - timedelta(minutes=60)

    code, wait = refusal(room, UserFactory(date_joined=now() - timedelta(minutes=30)))

    assert (code, wait is not None and 1790 <= wait <= 1800) == ("account-too-new", True)
    assert refusal(room, UserFactory(date_joined=old)) == ("", None)


@pytest.mark.parametrize("who", ["owner", "moderator", "admin"])
def test_who_keeps_order_may_write(who: str) -> None:
    room = room_with(followers_only=True, verified_only=True, account_age_minutes=60)
    user = room.owner if who == "owner" else UserFactory(is_staff=who == "admin")
    if who == "moderator":
        Moderator.objects.create(owner=room.owner, user=user)

    assert refusal(room, user) == ("", None)


def test_a_crowd_is_asked_about_once() -> None:
    people = UserFactory.create_batch(3)
    counts = []
    for is_on in (False, True):
        room = room_with(followers_only=is_on)
        for user in people:
            accounts.follow(user, room.owner)
        with CaptureQueriesContext(connection) as asked:
            write(room_id=room.room_id, drafts=[Draft(user.pk, "hello") for user in people])
        counts.append(len(asked))

    assert counts[1] == counts[0] + 1


@pytest.mark.parametrize("minutes", [-1, 90 * 24 * 60 + 1])
def test_the_time_is_a_sensible_one(minutes: int) -> None:
    room = RoomFactory()

    for modes in (Modes(followers_minutes=minutes), Modes(account_age_minutes=minutes)):
        with pytest.raises(Invalid):
            services.change_modes(room=room, actor_id=room.owner.pk, modes=modes)
