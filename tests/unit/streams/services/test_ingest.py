"""Encoders come: let in or refused, in any order and repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from rooms.models import Room, RoomState
from streams import keys, selectors
from streams.models import Publisher, StreamKey
from streams.problems import Refusal
from tests.factories import CategoryFactory, RoomFactory, StreamKeyFactory, UserFactory
from tests.published import published
from tests.unit.streams.services.admission import ADDRESS, admit, refusal

pytestmark = pytest.mark.django_db


def test_the_right_key_is_let_in_under_a_random_name(key: str) -> None:
    publisher = admit(key)

    assert keys.is_session_name(publisher.session)
    assert (publisher.room, publisher.gone) == (Room.objects.get(), None)
    used = StreamKey.objects.get()
    assert (used.last_address, used.last_encoder) == (ADDRESS, "obs")
    assert used.last_used == publisher.admitted


def test_a_connection_is_not_yet_a_live_room(key: str) -> None:
    admit(key)

    assert Room.objects.get().state == RoomState.WAITING


@pytest.mark.parametrize("wrong", ["", "victim", "sk_" + "0" * 32, "x" * 300, "sk_\0"])
def test_a_wrong_key_is_refused_and_nothing_is_stored(key: str, wrong: str) -> None:
    assert refusal(wrong) == Refusal.WRONG_KEY

    assert not Publisher.objects.exists()
    assert StreamKey.objects.get().refused is None


def test_guesses_are_limited_by_address(key: str, settings: Settings) -> None:
    settings.KEY_GUESSES = 3
    for _ in range(3):
        assert refusal("wrong") == Refusal.WRONG_KEY

    assert refusal(key) == Refusal.TOO_MANY_GUESSES
    assert admit(key, address="198.51.100.1").gone is None


def test_an_inactive_account_may_not_stream() -> None:
    key = keys.new_stream_key()
    room = RoomFactory(owner=StreamKeyFactory(key=key, owner__is_active=False).owner)

    with published() as events:
        assert refusal(key) == Refusal.INACTIVE

    note = selectors.refusal_of(room.owner)
    assert note is not None
    assert note.code == Refusal.INACTIVE
    [(group, name, data)] = events
    assert (group, name, data["reason"]) == (room.owner_group, "encoder-refused", "inactive")
    assert set(data["messages"]) == {"vi", "en"}


def test_without_an_open_room_one_is_opened_like_the_last() -> None:
    key = keys.new_stream_key()
    last = RoomFactory(
        owner=StreamKeyFactory(key=key).owner,
        title="Chess",
        category=CategoryFactory(),
        state=RoomState.ENDED,
        ended_at=now(),
    )

    room = admit(key).room

    assert room != last
    assert (room.title, room.category, room.state) == ("Chess", last.category, RoomState.WAITING)


def test_an_encoder_that_reconnects_does_not_open_a_room_after_an_end() -> None:
    key = keys.new_stream_key()
    owner = StreamKeyFactory(key=key).owner
    ended = RoomFactory(owner=owner, state=RoomState.ENDED, ended_at=now())
    Room.objects.update(republish_from=now() + timedelta(minutes=5))

    assert refusal(key) == Refusal.ROOM_ENDED_RECENTLY

    assert Room.objects.get() == ended
    RoomFactory(owner=owner)
    assert admit(key).room.is_open
    assert selectors.refusal_of(owner) is None


def test_an_encoder_that_goes_on_trying_is_kept_away_for_longer_than_it_pauses() -> None:
    key = keys.new_stream_key()
    owner = StreamKeyFactory(key=key).owner
    for owned_by in (owner, UserFactory()):
        block = now() + timedelta(minutes=1)
        RoomFactory(owner=owned_by, state=RoomState.ENDED, ended_at=now(), republish_from=block)

    assert refusal(key) == Refusal.ROOM_ENDED_RECENTLY

    # OBS' longest pause is a quarter of an hour.
    longer = Room.objects.filter(republish_from__gt=now() + timedelta(minutes=15))
    assert [room.owner for room in longer] == [owner]


def test_a_refusal_is_old_news_once_another_room_is_open() -> None:
    key = keys.new_stream_key()
    owner = StreamKeyFactory(key=key).owner
    RoomFactory(owner=owner, state=RoomState.ENDED, ended_at=now())
    Room.objects.update(republish_from=now() + timedelta(minutes=5))
    assert refusal(key) == Refusal.ROOM_ENDED_RECENTLY
    assert selectors.refusal_of(owner) is not None

    RoomFactory(owner=owner)

    assert selectors.refusal_of(owner) is None


def test_the_same_connection_asked_twice_gets_the_same_name(key: str) -> None:
    assert admit(key) == admit(key)
