"""The background loop: patient with a silent sidecar, and not to be stopped by an error."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from rooms.models import Room, RoomState
from streams import services
from streams.models import Publisher
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat
from streams.worker import SILENCE_SECONDS, Worker
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

    def worker(self) -> Worker:
        return Worker(ask=self.ask, clock=lambda: self.time)


def live() -> Publisher:
    publisher = PublisherFactory()
    services.first_keyframe(session=publisher.session, at=now())
    return publisher


def test_a_short_silence_takes_nobody_off_air() -> None:
    live()
    sidecar = Sidecar()
    worker = sidecar.worker()

    worker.round()
    sidecar.time += SILENCE_SECONDS - 1
    worker.round()

    assert Room.objects.get().state == RoomState.LIVE


def test_a_long_silence_interrupts_everybody() -> None:
    live()
    sidecar = Sidecar()
    worker = sidecar.worker()

    worker.round()
    sidecar.time += SILENCE_SECONDS
    worker.round()

    assert Room.objects.get().state == RoomState.RECONNECTING


def test_a_silence_counts_from_the_last_answer() -> None:
    publisher = live()
    sidecar = Sidecar()
    worker = sidecar.worker()
    worker.round()

    sidecar.time += SILENCE_SECONDS - 1
    sidecar.answer = Stat(boot=publisher.boot, publishers=())
    worker.round()
    sidecar.answer = SidecarDown("The sidecar does not answer.")
    sidecar.time += 2
    worker.round()

    assert Room.objects.get().state == RoomState.LIVE


def test_an_error_in_one_step_does_not_keep_the_others_from_working(
    caplog: pytest.LogCaptureFixture,
) -> None:
    publisher = live()
    services.publisher_left(boot=publisher.boot, client_id=publisher.client_id)
    Room.objects.update(interrupted_since=now() - timedelta(minutes=2))
    sidecar = Sidecar()
    sidecar.answer = RuntimeError("A mistake of ours.")

    sidecar.worker().round()

    assert Room.objects.get().state == RoomState.WAITING
    assert "reconcile failed" in caplog.text
