"""Comparing with the sidecar: patient with a silent one."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from rooms.models import Room, RoomState
from streair import ingest
from streams import periodic, services
from streams.models import Publisher
from streams.nodes import Node
from streams.periodic import SILENCE_SECONDS, Comparisons
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import Stat, StatPublisher
from tests.factories import PublisherFactory
from tests.nodes import node_word

pytestmark = pytest.mark.django_db


class Sidecar:
    """Answers, is silent, or breaks; the clock is its too."""

    def __init__(self) -> None:
        self.time = 100.0
        self.answer: Stat | Exception = SidecarDown("The sidecar does not answer.")
        # Of some nodes, if not of all.
        self.answers: dict[str, Stat | Exception] = {}

    def ask(self, node: Node) -> Stat:
        answer = self.answers.get(node.name, self.answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def comparison(self) -> Comparisons:
        return Comparisons(ask=self.ask, clock=lambda: self.time)


def live(**fields: object) -> Publisher:
    publisher = PublisherFactory(**fields)
    services.first_keyframe(session=publisher.session, at=now())
    return publisher


def shown(*publishers: Publisher) -> Stat:
    found = [
        StatPublisher(
            name=publisher.session,
            client_id=publisher.client_id,
            address=None,
            encoder="",
            video_kbps=900,
            audio_kbps=0,
        )
        for publisher in publishers
    ]
    return Stat(boot=publishers[0].boot, publishers=tuple(found))


def states() -> dict[int, str]:
    return dict(Room.objects.values_list("pk", "state"))


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


@pytest.fixture
def two_nodes(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(["main", node_word("hanoi")])


@pytest.mark.usefixtures("two_nodes")
def test_a_silent_node_takes_nobody_off_air_at_another(caplog: pytest.LogCaptureFixture) -> None:
    here, there = live(), live(node="hanoi", boot="boot-2")
    sidecar = Sidecar()
    sidecar.answers["main"] = shown(here)
    sidecar.answers["hanoi"] = shown(there)
    comparison = sidecar.comparison()
    assert comparison.run() == 2

    sidecar.answers["hanoi"] = SidecarDown("The sidecar does not answer.")
    for _ in range(2):
        comparison.run()
        sidecar.time += SILENCE_SECONDS
    comparison.run()

    assert states() == {here.room_id: RoomState.LIVE, there.room_id: RoomState.RECONNECTING}
    assert caplog.messages[0] == "hanoi: The sidecar does not answer."


@pytest.mark.usefixtures("two_nodes")
def test_what_one_node_shows_is_nothing_to_those_at_another() -> None:
    here, there = live(client_id=1), live(node="hanoi", client_id=1)
    sidecar = Sidecar()
    sidecar.answers["main"] = shown(here)
    # The other one claims the boot and the encoder of this one, and denies its own.
    sidecar.answers["hanoi"] = shown(here)
    long_ago = now() - timedelta(minutes=1)
    Publisher.objects.update(admitted=long_ago)

    sidecar.comparison().run()

    assert states() == {here.room_id: RoomState.LIVE, there.room_id: RoomState.RECONNECTING}


@pytest.mark.usefixtures("two_nodes")
def test_a_node_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "ANSWER_SECONDS", 0.2)
    here = live()
    stop = threading.Event()

    def ask(node: Node) -> Stat:
        if node.name == "hanoi":
            stop.wait(10)
        return shown(here)

    comparison = Comparisons(ask=ask)
    try:
        assert [comparison.run(), comparison.run()] == [1, 1]
    finally:
        stop.set()


@pytest.mark.usefixtures("two_nodes")
def test_a_mistake_about_one_node_is_none_about_another() -> None:
    here = live()
    Publisher.objects.update(video_kbps=1)
    sidecar = Sidecar()
    sidecar.answers["main"] = RuntimeError("A mistake of ours.")
    sidecar.answers["hanoi"] = shown(live(node="hanoi"))

    with pytest.raises(RuntimeError):
        sidecar.comparison().run()

    assert Publisher.objects.get(node="hanoi").video_kbps == 900
    assert Publisher.objects.get(pk=here.pk).gone is None


def test_who_was_at_a_node_that_is_no_more_is_lost() -> None:
    here, there = live(), live(node="hanoi")
    sidecar = Sidecar()
    sidecar.answer = shown(here)

    sidecar.comparison().run()

    assert states() == {here.room_id: RoomState.LIVE, there.room_id: RoomState.RECONNECTING}
