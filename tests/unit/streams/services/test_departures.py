"""Encoders go, are replaced or sent away, and lose their key, in any order and repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from rooms.models import Room, RoomState
from streams import keys, services
from streams.models import Broadcast, Publisher, StreamKey
from streams.problems import Refusal
from tests.factories import PublisherFactory, UserFactory
from tests.fake_sidecar import FakeSidecar
from tests.published import published
from tests.unit.streams.services.admission import admit, refusal

pytestmark = pytest.mark.django_db


def fresh(publisher: Publisher) -> Publisher:
    return Publisher.objects.select_related("room").get(pk=publisher.pk)


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
