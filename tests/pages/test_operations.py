"""The operations page, and what programs that watch the site are told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from streair.core import health
from streams import heartbeat
from tests.factories import UserFactory
from tests.pages.reading import read

# The parts are looked after in threads with connections of their own.
pytestmark = pytest.mark.django_db(transaction=True)


def states(client: Client) -> dict[str, str]:
    answer = client.get("/admin/operations/")
    assert answer.status_code == 200
    page = read(answer)
    assert page.inline == []
    return {attrs["data-part"]: attrs["data-state"] for attrs in page.having("data-state")}


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True))
    return client


def test_it_shows_how_every_part_does(keeper: Client) -> None:
    heartbeat.beat()

    found = states(keeper)

    # No RTMP server runs beside these tests.
    assert found == {
        **dict.fromkeys(("database", "cache", "disk", "rooms", "worker"), "well"),
        "sidecar": "down",
    }


def test_a_worker_that_makes_no_rounds_is_dead(keeper: Client) -> None:
    heartbeat.beat()
    long_ago = time.time() - 60
    if settings.REDIS_URL:
        from django.core.cache import cache

        cache.set("worker:heartbeat", long_ago)
    else:
        os.utime(Path(settings.DATA_DIR, "run", "worker.heartbeat"), (long_ago, long_ago))

    assert states(keeper)["worker"] == "down"


def test_it_is_for_the_keepers_of_the_site(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/admin/operations/").status_code == 302


def test_programs_are_told_what_works_and_no_more(client: Client) -> None:
    heartbeat.beat()

    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["database"] == "ok"
    assert answer.json()["parts"]["sidecar"] == "down"
    assert answer["Cache-Control"].startswith("max-age=0")


def test_a_site_without_its_database_is_not_ready_but_alive(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> health.Facts:
        raise OSError("away")

    part = health.Part("database", "Database", gone, is_vital=True)
    monkeypatch.setitem(health._parts, "database", part)

    assert client.get("/health/ready").status_code == 503
    assert client.get("/health").status_code == 503
    assert client.get("/health/live").status_code == 200
