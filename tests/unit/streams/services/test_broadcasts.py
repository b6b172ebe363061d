"""From the first keyframe to the end: rooms on air, broadcasts, health, graces."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from rooms.models import EndReason, Room, RoomState
from streair.core import sql
from streair.core.errors import NotAllowed
from streams import selectors, services
from streams.models import Broadcast, Publisher
from streams.relay.inspector import Report
from tests.factories import (
    BroadcastFactory,
    PublisherFactory,
    RoomFactory,
    StreamKeyFactory,
    UserFactory,
)
from tests.fake_sidecar import FakeSidecar
from tests.published import published

pytestmark = pytest.mark.django_db

REPORT = Report(
    video_codec="H.264",
    audio_codec="AAC",
    width=1280,
    height=720,
    fps=29.97,
    bitrate_kbps=2500,
    keyframe_interval=2.0,
    encoder="obs-output module",
    has_keyframe=True,
)


def on_air() -> Publisher:
    publisher = PublisherFactory()
    services.first_keyframe(session=publisher.session, at=now())
    return Publisher.objects.select_related("room").get(pk=publisher.pk)


def state(publisher: Publisher) -> str:
    return Room.objects.get(pk=publisher.room_id).state


def test_the_first_keyframe_puts_the_room_on_air_once() -> None:
    publisher, at = PublisherFactory(), now()

    with published() as events:
        seen = [services.first_keyframe(session=publisher.session, at=at) for _ in range(2)]

    assert seen == [True, False]
    assert state(publisher) == RoomState.LIVE
    broadcast = Broadcast.objects.get()
    assert (broadcast.started, broadcast.reconnects, broadcast.ended) == (at, 0, None)
    assert [name for _, name, _ in events] == [
        "stream-started",
        "live-list-changed",
        "ingest-health",
    ]


def test_a_keyframe_of_somebody_gone_changes_nothing() -> None:
    gone = PublisherFactory(gone=now(), gone_reason=Publisher.GoneReason.REPLACED)

    assert not services.first_keyframe(session=gone.session, at=now())
    assert not services.first_keyframe(session="live-unknown", at=now())

    assert state(gone) == RoomState.WAITING
    assert not Broadcast.objects.exists()


def test_a_return_within_the_grace_goes_on_with_the_same_broadcast() -> None:
    first = on_air()
    services.publisher_left(boot=first.boot, client_id=first.client_id)

    second = PublisherFactory(room=first.room)
    services.first_keyframe(session=second.session, at=now())

    assert Broadcast.objects.get().reconnects == 1
    assert state(second) == RoomState.LIVE


def test_a_grace_that_ran_out_ends_the_broadcast_but_not_the_room() -> None:
    publisher = on_air()
    services.publisher_left(boot=publisher.boot, client_id=publisher.client_id)
    lost = Room.objects.get().interrupted_since

    early = services.expire_grace(at=now() + timedelta(seconds=80))
    late = services.expire_grace(at=now() + timedelta(seconds=91))

    assert (early, late) == (0, 1)
    broadcast = Broadcast.objects.get()
    assert (broadcast.ended, broadcast.end_reason) == (lost, Broadcast.EndReason.PUBLISHER_LEFT)
    assert state(publisher) == RoomState.WAITING


def test_what_the_stream_is_made_of_is_written_down_and_told() -> None:
    publisher = on_air()
    key = StreamKeyFactory(owner=publisher.room.owner, last_encoder="FMLE/3.0")

    with published() as events:
        assert services.describe(session=publisher.session, report=REPORT)
    key.refresh_from_db()

    broadcast = Broadcast.objects.get()
    assert (broadcast.video_codec, broadcast.width, broadcast.height) == ("H.264", 1280, 720)
    assert (broadcast.fps, broadcast.bitrate_kbps) == (30, 2500)
    assert broadcast.encoder == "obs-output module"
    # At the door OBS calls itself "FMLE/3.0 (compatible; FMSc/1.0)".
    assert key.last_encoder == "obs-output module"
    [(group, name, data)] = events
    assert (group, name) == (publisher.room.owner_group, "ingest-health")
    assert data == selectors.studio_health(publisher.room)


def test_figures_are_told_at_most_every_two_seconds_and_only_when_they_change() -> None:
    publisher = on_air()

    with published() as events:
        for bitrate in (2500, 2510, 3500, 5000):
            report = Report(video_codec="H.264", bitrate_kbps=bitrate)
            services.describe(session=publisher.session, report=report)

    # Two, if a window of two seconds happens to end in between.
    assert 1 <= len(events) <= 2
    assert Broadcast.objects.get().bitrate_kbps == 5000


def test_a_problem_is_told_at_once_even_before_the_first_picture() -> None:
    publisher = PublisherFactory()

    with published() as events:
        report = Report(video_codec="HEVC", problems=("unsupported-video",))
        services.describe(session=publisher.session, report=report)

    [(_, name, data)] = events
    assert name == "ingest-health"
    assert data["state"] == RoomState.WAITING
    [problem] = data["problems"]
    assert problem["code"] == "unsupported-video"
    assert "H.264" in problem["messages"]["en"]


def test_the_owner_ends_the_stream_and_the_encoder_is_dropped(sidecar: FakeSidecar) -> None:
    publisher = on_air()

    with published() as events:
        for _ in range(2):
            services.end_stream(
                room=publisher.room, reason=EndReason.OWNER, by=publisher.room.owner
            )

    room = Room.objects.get()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.OWNER)
    assert room.republish_from is not None
    assert Broadcast.objects.get().end_reason == Broadcast.EndReason.ROOM_ENDED
    assert Publisher.objects.get().gone_reason == Publisher.GoneReason.ROOM_ENDED
    assert sidecar.drops() == [(publisher.session, publisher.client_id)]
    assert [name for _, name, _ in events if name.startswith("stream-")] == ["stream-ended"]


def test_a_stranger_cannot_end_the_stream() -> None:
    publisher = on_air()

    with pytest.raises(NotAllowed):
        services.end_stream(room=publisher.room, reason=EndReason.OWNER, by=UserFactory())

    assert state(publisher) == RoomState.LIVE


def test_a_room_that_ends_without_an_encoder_blocks_none() -> None:
    room = services.end_stream(room=RoomFactory(), reason=EndReason.OWNER)

    assert room.republish_from is None


def test_a_room_nobody_uses_is_ended() -> None:
    unused, used = RoomFactory(), PublisherFactory().room
    Room.objects.update(waiting_since=now() - timedelta(hours=13))
    young = RoomFactory()

    ended = services.end_idle(at=now())

    assert ended == 1
    states = dict(Room.objects.values_list("pk", "state"))
    waiting = RoomState.WAITING
    assert states == {unused.pk: RoomState.ENDED, used.pk: waiting, young.pk: waiting}
    assert Room.objects.get(pk=unused.pk).end_reason == EndReason.IDLE


def test_rooms_stand_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    live = on_air()
    PublisherFactory(room=live.room, gone=now(), gone_reason=Publisher.GoneReason.LOST)
    waiting = RoomFactory()
    ended = RoomFactory(state=RoomState.ENDED, ended_at=now(), end_reason=EndReason.OWNER)

    with django_assert_num_queries(1):
        states = selectors.watch_states(
            [live.room.room_id, waiting.room_id, ended.room_id, "unknown"]
        )

    assert states == {
        live.room.room_id: selectors.WatchState(
            "live", "", live.session, live.room.owner_id, "", "main"
        ),
        waiting.room_id: selectors.WatchState("waiting", "", None, waiting.owner_id, ""),
        ended.room_id: selectors.WatchState("ended", "owner", None, ended.owner_id, ""),
    }


def test_only_open_rooms_await_a_keyframe() -> None:
    waiting = PublisherFactory()
    on_air()
    PublisherFactory(room__state=RoomState.ENDED, room__ended_at=now())
    PublisherFactory(gone=now(), gone_reason=Publisher.GoneReason.LEFT)

    assert sql.answered(selectors.sessions_awaiting_keyframe()) == {
        waiting.room.room_id: (waiting.session, "main")
    }


def test_broadcasts_come_with_the_latest_first() -> None:
    old = BroadcastFactory(started=now() - timedelta(hours=2), ended=now())
    new = BroadcastFactory(room=old.room)
    BroadcastFactory()

    assert list(selectors.broadcasts_of(old.room)) == [new, old]
