"""What arrives from encoders, written down for some minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from streams import measured, selectors, services
from streams.models import Measure
from tests.factories import BroadcastFactory, PublisherFactory, RoomFactory

pytestmark = pytest.mark.django_db


def test_who_sends_is_measured_and_nobody_else() -> None:
    at = now()
    sends = PublisherFactory(keyframe=at, video_kbps=4400, audio_kbps=160)
    BroadcastFactory(room=sends.room, fps=30.0)
    PublisherFactory()  # No picture yet.
    PublisherFactory(keyframe=at, gone=at, gone_reason="left")

    assert services.take_measures(at=at) == 1

    found = Measure.objects.get()
    assert (found.room, found.at, found.kbps, found.fps) == (sends.room, at, 4560, 30.0)


def test_measures_are_kept_for_a_quarter_of_an_hour() -> None:
    room, at = RoomFactory(), now()
    for minutes in (1, 14, 16):
        Measure.objects.create(room=room, at=at - timedelta(minutes=minutes), kbps=minutes)

    services.take_measures(at=at)

    kept = selectors.measures_of(room, since=at - timedelta(hours=1))
    assert [each.kbps for each in kept] == [14, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_more_encoders_cost_no_more_questions(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        PublisherFactory(keyframe=now(), video_kbps=4400)

    with django_assert_num_queries(3):
        services.take_measures(at=now())


def test_the_table_says_minute_by_minute_what_the_lines_show() -> None:
    room = RoomFactory()
    minute = now().replace(second=0, microsecond=0) - timedelta(minutes=2)
    for seconds, kbps in ((0, 4000), (30, 5000), (60, 3000)):
        at = minute + timedelta(seconds=seconds)
        Measure.objects.create(room=room, at=at, kbps=kbps, fps=30)

    health = measured.health_of(room)

    assert health is not None
    assert [row.values for row in health.rows] == [(3000, 30), (4500, 30)]
    assert (health.bitrate.low, health.bitrate.high, health.bitrate.last) == (3000, 5000, 3000)
    # Half a minute of silence is a hole in the line.
    assert len(health.bitrate.lines) == 3


def test_nothing_measured_is_nothing_to_show() -> None:
    assert measured.health_of(RoomFactory()) is None
