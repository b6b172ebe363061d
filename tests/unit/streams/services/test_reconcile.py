"""Whatever was missed, one look at /stat puts it right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState
from streams import services
from streams.models import Broadcast, Publisher
from streams.sidecar.stat import Stat, StatPublisher
from tests.factories import BroadcastFactory, PublisherFactory, RoomFactory
from tests.fake_sidecar import FakeSidecar
from tests.published import published

pytestmark = pytest.mark.django_db

LONG_AGO = now() - timedelta(minutes=1)


def stat(
    *publishers: Publisher, boot: str = "boot-1", video_kbps: int = 900, audio_kbps: int = 0
) -> Stat:
    shown = [
        StatPublisher(
            name=publisher.session,
            client_id=publisher.client_id,
            address=publisher.address,
            encoder="",
            video_kbps=video_kbps,
            audio_kbps=audio_kbps,
        )
        for publisher in publishers
    ]
    return Stat(boot=boot, publishers=tuple(shown))


def settled(**fields: object) -> Publisher:
    publisher = PublisherFactory(admitted=LONG_AGO, seen=LONG_AGO, **fields)
    return Publisher.objects.select_related("room").get(pk=publisher.pk)


def live() -> Publisher:
    publisher = settled()
    services.first_keyframe(session=publisher.session, at=now())
    publisher.refresh_from_db()
    return publisher


def fresh(publisher: Publisher) -> Publisher:
    return Publisher.objects.select_related("room").get(pk=publisher.pk)


def test_who_is_shown_stays_and_is_measured() -> None:
    publisher = live()

    with published() as events:
        services.reconcile(stat(publisher, video_kbps=2400), asked=now())

    assert fresh(publisher).gone is None
    assert fresh(publisher).video_kbps == 2400
    assert [name for _, name, _ in events] == ["ingest-health"]


def test_figures_that_hardly_move_are_no_news() -> None:
    publisher = live()
    Publisher.objects.update(video_kbps=2400)

    with published() as events:
        services.reconcile(stat(publisher, video_kbps=2450), asked=now())

    assert events == []


def test_an_encoder_that_never_sends_is_dropped(sidecar: FakeSidecar) -> None:
    publisher = settled()

    with TestCase.captureOnCommitCallbacks(execute=True):
        services.reconcile(stat(publisher, video_kbps=0), asked=now())

    assert fresh(publisher).gone_reason == Publisher.GoneReason.SILENT
    assert sidecar.drops() == [(publisher.session, publisher.client_id)]
    assert not services.publisher_seen(boot=publisher.boot, client_id=publisher.client_id)


def test_an_encoder_may_take_its_time_or_send_sound_alone() -> None:
    newcomer, singer = PublisherFactory(), settled()

    services.reconcile(stat(newcomer, video_kbps=0), asked=now())
    services.reconcile(stat(newcomer, singer, video_kbps=0, audio_kbps=96), asked=now())

    assert fresh(newcomer).gone is fresh(singer).gone is None


def test_a_ghost_is_gone_and_its_grace_begins() -> None:
    publisher = live()

    services.reconcile(stat(), asked=now())

    assert fresh(publisher).gone_reason == Publisher.GoneReason.LOST
    assert fresh(publisher).room.state == RoomState.RECONNECTING


def test_somebody_who_was_let_in_a_moment_ago_may_not_be_shown_yet() -> None:
    publisher = PublisherFactory()

    services.reconcile(stat(), asked=now())

    assert fresh(publisher).gone is None


def test_a_new_boot_has_lost_everybody_of_the_old_one() -> None:
    young = PublisherFactory(boot="boot-1", client_id=1)

    services.reconcile(stat(boot="boot-2"), asked=now())

    assert fresh(young).gone_reason == Publisher.GoneReason.LOST


def test_somebody_of_a_newer_boot_than_the_answer_is_not_lost() -> None:
    asked = now()
    newer = PublisherFactory(boot="boot-2")

    services.reconcile(stat(boot="boot-1"), asked=asked)

    assert fresh(newer).gone is None


def test_a_client_id_of_another_boot_does_not_stand_for_somebody() -> None:
    old = settled(boot="boot-1", client_id=1)
    new = settled(boot="boot-2", client_id=1)

    services.reconcile(stat(new, boot="boot-2"), asked=now())

    assert fresh(old).gone_reason == Publisher.GoneReason.LOST
    assert fresh(new).gone is None


def test_a_loss_that_was_none_is_taken_back() -> None:
    publisher = live()
    services.reconcile(stat(), asked=now())

    services.reconcile(stat(publisher), asked=now())

    assert fresh(publisher).gone is None
    assert fresh(publisher).room.state == RoomState.LIVE
    assert Broadcast.objects.get().reconnects == 1


@pytest.mark.parametrize(
    "reason",
    [
        Publisher.GoneReason.REPLACED,
        Publisher.GoneReason.KEY_ROTATED,
        Publisher.GoneReason.ROOM_ENDED,
    ],
)
def test_who_was_sent_away_is_sent_away_again(sidecar: FakeSidecar, reason: str) -> None:
    publisher = settled(gone=LONG_AGO, gone_reason=reason)

    services.reconcile(stat(publisher), asked=now())

    assert sidecar.drops() == [(publisher.session, publisher.client_id)]
    assert fresh(publisher).gone_reason == reason


def test_who_left_while_we_asked_is_no_ghost(sidecar: FakeSidecar) -> None:
    asked = now()
    publisher = settled(gone=now(), gone_reason=Publisher.GoneReason.LEFT)

    services.reconcile(stat(publisher), asked=asked)

    assert fresh(publisher).gone_reason == Publisher.GoneReason.LEFT
    assert sidecar.drops() == []


def test_an_unknown_publisher_is_dropped(sidecar: FakeSidecar) -> None:
    unknown = Publisher(session="live-" + "a" * 32, client_id=5)

    services.reconcile(stat(unknown), asked=now())

    assert sidecar.drops() == [(unknown.session, 5)]


def test_a_publisher_under_a_name_of_its_own_is_dropped_by_its_client_id(
    sidecar: FakeSidecar,
) -> None:
    services.reconcile(stat(Publisher(session="a&b=c", client_id=5)), asked=now())

    assert sidecar.drops() == [("", 5)]


def test_who_lost_the_room_to_another_is_dropped(sidecar: FakeSidecar) -> None:
    old = settled(gone=LONG_AGO, gone_reason=Publisher.GoneReason.LOST)
    new = settled(room=old.room)

    services.reconcile(stat(old, new), asked=now())

    assert sidecar.drops() == [(old.session, old.client_id)]
    assert fresh(new).gone is None


def test_an_encoder_in_a_room_that_is_over_is_dropped(sidecar: FakeSidecar) -> None:
    publisher = live()
    Room.objects.update(state=RoomState.ENDED, ended_at=now())

    with published():
        services.reconcile(stat(publisher), asked=now())

    assert fresh(publisher).gone_reason == Publisher.GoneReason.ROOM_ENDED
    assert sidecar.drops() == [(publisher.session, publisher.client_id)]
    assert Broadcast.objects.get().end_reason == Broadcast.EndReason.ROOM_ENDED


def test_an_account_that_was_closed_goes_off_air(sidecar: FakeSidecar) -> None:
    publisher = live()
    publisher.room.owner.is_active = False
    publisher.room.owner.save()

    with published():
        services.reconcile(stat(publisher), asked=now())

    assert Room.objects.get().end_reason == EndReason.ADMIN
    assert sidecar.drops() == [(publisher.session, publisher.client_id)]


def test_a_room_that_says_live_without_an_encoder_is_interrupted() -> None:
    room = RoomFactory(state=RoomState.LIVE, live_since=LONG_AGO)
    BroadcastFactory(room=room)

    services.reconcile(stat(), asked=now())

    assert Room.objects.get().state == RoomState.RECONNECTING


def test_a_silent_sidecar_has_nobody() -> None:
    publisher = live()

    assert services.lose_everybody(at=now()) == 1

    assert fresh(publisher).gone_reason == Publisher.GoneReason.LOST
    assert fresh(publisher).room.state == RoomState.RECONNECTING
