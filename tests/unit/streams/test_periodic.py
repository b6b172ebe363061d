"""Comparing with the sidecar: patient with a silent one."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from rooms.models import Room, RoomState
from streams import services
from streams.models import Publisher
from streams.periodic import SILENCE_SECONDS, Comparison
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat
from tests.factories import PublisherFactory

pytestmark = pytest.mark.django_db


class Sidecar:
    """Answers, is silent, or breaks; the clock is its too."""

    def __init__(self) -> None:
        self.time = 100.0
        self.answer: Stat | Exception = SidecarDown("The sidecar does not answer.")

    def ask(self) -> Stat:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def comparison(self) -> Comparison:
        return Comparison(ask=self.ask, clock=lambda: self.time)


def live() -> Publisher:
    publisher = PublisherFactory()
    services.first_keyframe(session=publisher.session, at=now())
    return publisher


def test_a_short_silence_takes_nobody_off_air() -> None:
    live()
    sidecar = Sidecar()
    comparison = sidecar.comparison()

    comparison.run()
    sidecar.time += SILENCE_SECONDS - 1
    comparison.run()

    assert Room.objects.get().state == RoomState.LIVE


def test_a_long_silence_interrupts_everybody() -> None:
    live()
    sidecar = Sidecar()
    comparison = sidecar.comparison()

    comparison.run()
    sidecar.time += SILENCE_SECONDS
    comparison.run()

    assert Room.objects.get().state == RoomState.RECONNECTING


def test_a_silence_counts_from_the_last_answer() -> None:
    publisher = live()
    sidecar = Sidecar()
    comparison = sidecar.comparison()
    comparison.run()

    sidecar.time += SILENCE_SECONDS - 1
    sidecar.answer = Stat(boot=publisher.boot, publishers=())
    comparison.run()
    sidecar.answer = SidecarDown("The sidecar does not answer.")
    sidecar.time += 2
    comparison.run()

    assert Room.objects.get().state == RoomState.LIVE


def test_a_sidecar_that_is_about_to_start_is_nothing_to_warn_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sidecar = Sidecar()
    comparison = sidecar.comparison()

    comparison.run()
    sidecar.time += SILENCE_SECONDS - 1
    comparison.run()
    assert caplog.messages == []
    sidecar.time += 1
    comparison.run()
    comparison.run()

    assert caplog.messages == ["The sidecar does not answer."]


def test_a_sidecar_that_stops_answering_is_told_of_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sidecar = Sidecar()
    comparison = sidecar.comparison()
    sidecar.answer = Stat(boot="b", publishers=())
    comparison.run()

    sidecar.answer = SidecarDown("The sidecar does not answer.")
    comparison.run()

    assert caplog.messages == ["The sidecar does not answer."]


def test_a_mistake_of_ours_is_the_jobs_error() -> None:
    sidecar = Sidecar()
    sidecar.answer = RuntimeError("A mistake of ours.")

    with pytest.raises(RuntimeError):
        sidecar.comparison().run()
