"""The operations page, and what programs that watch the site are told."""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime, now

from streair.core import health, jobs, tasks
from streair.jobs import selectors
from streair.jobs.models import PeriodicJob, QueuedTask
from streair.jobs.services import schedule
from streams import heartbeat
from tests.factories import UserFactory
from tests.mailbox import do_what_waits
from tests.pages.reading import read
from tests.unit.jobs import work

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
        **dict.fromkeys(("database", "cache", "channel-layer", "disk", "rooms", "worker"), "well"),
        **dict.fromkeys(("queue", "jobs"), "well"),
        "sidecar": "down",
    }


def test_a_worker_that_makes_no_rounds_is_dead(keeper: Client) -> None:
    heartbeat.beat()
    long_ago = time.time() - 60
    if settings.REDIS_URL:
        from django.core.cache import cache

        cache.set("worker:heartbeat", long_ago)
    os.utime(Path(settings.DATA_DIR, "run", "worker.heartbeat"), (long_ago, long_ago))

    assert states(keeper)["worker"] == "down"


def test_a_queue_that_nobody_works_off_is_down(keeper: Client) -> None:
    tasks.put(work.write_down, word="soon")
    assert states(keeper)["queue"] == "well"
    long_ago = now() - timedelta(minutes=3)

    QueuedTask.objects.update(enqueued_at=long_ago)
    assert states(keeper)["queue"] == "down"
    # One that waits for its next try is not late before that has come.
    QueuedTask.objects.update(run_after=now() + timedelta(hours=1))
    assert states(keeper)["queue"] == "well"
    QueuedTask.objects.update(run_after=long_ago)
    assert states(keeper)["queue"] == "down"


def test_it_shows_what_waits_and_what_failed(keeper: Client) -> None:
    for task in (work.give_up, work.stumble):
        tasks.put(task)
    do_what_waits()
    tasks.put(work.write_down, word="soon")

    page = keeper.get("/admin/operations/", headers={"accept-language": "en"}).content.decode()

    facts = re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", page)
    assert ("waiting", "1") in facts
    assert ("running", "0") in facts
    assert ("failed", "2") in facts


def test_it_shows_each_job_with_its_last_run_and_result(keeper: Client) -> None:
    at = now()
    schedule.settle(at=at - timedelta(seconds=30))
    turn = schedule.take("graces", at=at)
    assert turn is not None
    schedule.carry_out(turn)
    PeriodicJob.objects.filter(pk="old-audit").update(error="OSError: away", failures=3)

    answer = keeper.get("/admin/operations/")

    shown = [attrs["data-job"] for attrs in read(answer).having("data-job")]
    assert shown == list(jobs.registered())
    times = [attrs["datetime"] for attrs in read(answer).having("datetime")]
    assert localtime(at).isoformat() in times
    assert "OSError: away" in answer.content.decode()
    assert states(keeper)["jobs"] == "down"


def test_it_asks_as_much_for_many_tasks_as_for_few(
    keeper: Client, django_assert_num_queries: Any
) -> None:
    schedule.settle(at=now())
    keeper.get("/admin/operations/")  # The first visit is written down.
    with CaptureQueriesContext(connection) as queries:
        keeper.get("/admin/operations/")
    for number in range(30):
        tasks.put(work.write_down, word=str(number))

    # Parts are asked in threads, which are not counted here.
    with django_assert_num_queries(len(queries)):
        keeper.get("/admin/operations/")
    with django_assert_num_queries(3):
        selectors.queue()


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
