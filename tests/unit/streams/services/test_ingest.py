"""Encoders come and go: admitted, refused, replaced, in any order and repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from rooms.models import Room, RoomState
from streams import keys, selectors, services
from streams.models import Broadcast, Publisher, StreamKey
from streams.problems import Refusal
from tests.factories import (
    CategoryFactory,
    PublisherFactory,
    RoomFactory,
    StreamKeyFactory,
    UserFactory,
)
from tests.fake_sidecar import FakeSidecar
from tests.published import published

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.9"


def admit(key: str, *, client_id: int = 7, address: str = ADDRESS, node: str = "main") -> Publisher:
    return services.admit_publisher(
        key=key, address=address, client_id=client_id, boot="boot-1", encoder="obs", node=node
    )


def refusal(key: str, *, address: str = ADDRESS) -> str:
    with pytest.raises(services.Refused) as caught:
        admit(key, address=address)
    return caught.value.code


def fresh(publisher: Publisher) -> Publisher:
    return Publisher.objects.select_related("room").get(pk=publisher.pk)


@pytest.fixture
def key() -> str:
    """The key of a streamer with an open room."""
    key = keys.new_stream_key()
    RoomFactory(owner=StreamKeyFactory(key=key).owner)
    return key


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


def test_a_newcomer_replaces_the_earlier_connection(key: str, sidecar: FakeSidecar) -> None:
    first = admit(key, client_id=1)
    services.first_keyframe(session=first.session, at=now())

    with published() as events:
        second = admit(key, client_id=2)

    assert fresh(first).gone_reason == Publisher.GoneReason.REPLACED
    assert fresh(second).gone is None
    assert sidecar.drops() == [(first.session, 1)]
    assert Room.objects.get().state == RoomState.RECONNECTING
    assert [name for _, name, _ in events if name.startswith("stream-")] == ["stream-interrupted"]


def test_a_newcomer_at_another_node_goes_on_with_the_broadcast(
    key: str, sidecar: FakeSidecar, hanoi: FakeSidecar
) -> None:
    first = admit(key, node="hanoi")
    services.first_keyframe(session=first.session, at=now())

    with published():
        second = admit(key)
    services.first_keyframe(session=second.session, at=now())

    assert fresh(first).gone_reason == Publisher.GoneReason.REPLACED
    assert (fresh(second).gone, fresh(second).node) == (None, "main")
    # The earlier one is sent away where it is.
    assert (hanoi.drops(), sidecar.drops()) == ([(first.session, 7)], [])
    assert Room.objects.get().state == RoomState.LIVE
    assert Broadcast.objects.get().reconnects == 1


def test_a_changed_key_sends_the_encoder_away_at_its_node(
    key: str, sidecar: FakeSidecar, hanoi: FakeSidecar
) -> None:
    publisher = admit(key, node="hanoi")

    with published():
        services.rotate_key(publisher.room.owner)

    assert (hanoi.drops(), sidecar.drops()) == ([(publisher.session, 7)], [])


def test_the_late_goodbye_of_a_replaced_connection_harms_nobody(
    key: str, sidecar: FakeSidecar
) -> None:
    admit(key, client_id=1)
    second = admit(key, client_id=2)
    services.first_keyframe(session=second.session, at=now())

    assert not services.publisher_left(boot="boot-1", client_id=1)

    assert Room.objects.get().state == RoomState.LIVE


def test_another_streamer_is_left_alone(key: str) -> None:
    other = PublisherFactory(boot="boot-1")

    admit(key, client_id=other.client_id + 1)

    assert fresh(other).gone is None


def test_leaving_begins_the_grace_once(key: str) -> None:
    publisher = admit(key)
    services.first_keyframe(session=publisher.session, at=now())

    left = [services.publisher_left(boot="boot-1", client_id=7) for _ in range(2)]

    assert left == [True, False]
    assert fresh(publisher).gone_reason == Publisher.GoneReason.LEFT
    assert fresh(publisher).room.state == RoomState.RECONNECTING


def test_the_same_client_id_of_another_boot_is_somebody_else(key: str) -> None:
    publisher = admit(key)

    assert not services.publisher_left(boot="boot-2", client_id=7)

    assert fresh(publisher).gone is None


def test_a_goodbye_before_the_welcome_is_harmless(key: str) -> None:
    assert not services.publisher_left(boot="boot-1", client_id=7)

    assert admit(key).gone is None


def test_an_update_keeps_a_connection_that_is_known_or_not_known_yet(key: str) -> None:
    publisher = PublisherFactory(seen=now() - timedelta(minutes=1))

    assert services.publisher_seen(boot=publisher.boot, client_id=publisher.client_id)
    assert services.publisher_seen(boot="boot-1", client_id=123456)
    assert fresh(publisher).seen > now() - timedelta(seconds=10)


@pytest.mark.parametrize(
    ("reason", "may_stay"),
    [
        (Publisher.GoneReason.REPLACED, False),
        (Publisher.GoneReason.KEY_ROTATED, False),
        (Publisher.GoneReason.ROOM_ENDED, False),
        (Publisher.GoneReason.LOST, True),
        (Publisher.GoneReason.LEFT, True),
    ],
)
def test_an_update_ends_a_connection_that_was_sent_away(reason: str, may_stay: bool) -> None:
    publisher = PublisherFactory(gone=now(), gone_reason=reason)

    stays = services.publisher_seen(boot=publisher.boot, client_id=publisher.client_id)

    assert stays == may_stay


def test_a_changed_key_drops_the_encoder_and_shuts_out_the_old_key(
    key: str, sidecar: FakeSidecar
) -> None:
    publisher = admit(key)
    owner = StreamKey.objects.get().owner

    with published():
        changed = services.rotate_key(owner)

    assert changed != key
    assert services.key_of(owner) == changed
    assert fresh(publisher).gone_reason == Publisher.GoneReason.KEY_ROTATED
    assert sidecar.drops() == [(publisher.session, 7)]
    assert refusal(key) == Refusal.WRONG_KEY
    assert admit(changed).gone is None


def test_a_key_is_made_once_and_never_stored_readable() -> None:
    user = UserFactory()

    key = services.key_of(user)

    assert services.key_of(user) == key
    assert keys.is_stream_key(key)
    row = StreamKey.objects.values().get()
    assert not any(key in str(value) for value in row.values())


def test_a_key_sealed_by_a_lost_secret_is_changed(settings: Settings) -> None:
    user = UserFactory()
    key = services.key_of(user)

    settings.SECRET_KEY = "another-secret-another-secret-another-secret"

    assert services.key_of(user) != key
