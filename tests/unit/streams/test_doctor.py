"""What the doctor looks at on an app machine: what it has itself, and the first machine's by way of the door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import Settings

from streair.core.doctor import Unwell, examine
from streair.core.doctor.examinations import _examinations
from streams import doctor, heartbeat
from tests.fake_sidecar import FakeSidecar
from tests.servers.process import free_port


@pytest.fixture(autouse=True)
def _app_machine(settings: Settings) -> Iterator[None]:
    settings.MACHINE_ROLE = "app"
    kept = dict(_examinations)
    _examinations.clear()
    doctor.install()
    with translation.override("en"):
        yield
    _examinations.clear()
    _examinations.update(kept)


def test_what_it_does_not_have_is_said_and_not_missed() -> None:
    assert set(_examinations) == {"elsewhere", "sidecar", "upstream", "worker"}
    assert "the first machine's" in doctor.elsewhere()


def test_the_first_machines_rtmp_server_is_asked_at_the_door(
    settings: Settings, sidecar: FakeSidecar
) -> None:
    assert "0" in doctor.door()

    settings.SIDECAR_PORT = free_port()
    with pytest.raises(Unwell, match=str(settings.SIDECAR_PORT)) as found:
        doctor.door()
    assert not found.value.is_serious


@pytest.mark.django_db
def test_a_worker_that_is_away_is_looked_for_on_the_first_machine() -> None:
    found = {verdict.examination.name: verdict for verdict in examine()}

    assert heartbeat.seconds_since() is None
    assert found["worker"].is_serious
    assert found["worker"].remedy == "Ask the doctor on the first machine."
