"""Periodic jobs: once across machines, again after a while, and whoever dies is not waited for for ever."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.utils.timezone import now

from streair.core import jobs
from streair.jobs import selectors
from streair.jobs.models import PeriodicJob
from streair.jobs.services import schedule

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)


class Sweeping:
    """A job that counts, or breaks."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = None

    def __call__(self) -> int:
        self.runs += 1
        if self.error:
            raise self.error
        return 7


@pytest.fixture
def sweeping(monkeypatch: pytest.MonkeyPatch) -> Sweeping:
    """The only job there is, every hour."""
    monkeypatch.setattr(jobs, "_jobs", {})
    sweeping = Sweeping()
    jobs.register(jobs.Job("sweep", "Sweep", timedelta(hours=1), sweeping, LEASE))
    schedule.settle(at=now())
    return sweeping


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def turn() -> bool:
    """Take a turn and do it; whether there was one to take."""
    mine = schedule.take("sweep", at=now())
    if mine is not None:
        schedule.carry_out(mine)
    return mine is not None


def row() -> PeriodicJob:
    return PeriodicJob.objects.get()


def test_a_job_is_done_when_its_time_has_come(
    clock: time_machine.Traveller, sweeping: Sweeping
) -> None:
    assert schedule.due(at=now()) == ["sweep"]
    assert turn()
    assert schedule.due(at=now()) == []
    assert not turn()
    clock.shift(timedelta(hours=1))
    assert turn()

    assert sweeping.runs == 2
    assert (row().started, row().done, row().error) == (now(), 7, "")
    assert row().next_run == now() + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_of_many_machines_one_does_it(sweeping: Sweeping) -> None:
    together = Barrier(4)

    def work(_number: int) -> bool:
        together.wait(timeout=20)
        try:
            return turn()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(work, range(4))) == [False, False, False, True]
    assert sweeping.runs == 1


def test_a_job_whose_machine_died_is_done_by_another(
    clock: time_machine.Traveller, sweeping: Sweeping
) -> None:
    assert schedule.take("sweep", at=now())

    clock.shift(LEASE - timedelta(seconds=1))
    assert not turn()
    clock.shift(1)
    assert turn()


def test_who_took_longer_than_their_lease_does_not_overwrite_who_followed(
    clock: time_machine.Traveller, sweeping: Sweeping
) -> None:
    slow = schedule.take("sweep", at=now())
    assert slow is not None
    clock.shift(LEASE)
    assert turn()
    after = row()

    clock.shift(LEASE)
    schedule.carry_out(slow)

    assert row().next_run == after.next_run
    assert row().started == after.started


def test_an_error_is_told_counted_and_tried_again(
    clock: time_machine.Traveller, sweeping: Sweeping, caplog: pytest.LogCaptureFixture
) -> None:
    sweeping.error = OSError("smtp://user:hunter2@mail")
    for _ in range(2):
        assert turn()
        clock.shift(timedelta(hours=1))

    assert row().error == "OSError: smtp://user:***@mail"
    assert (row().failures, row().done) == (2, None)
    assert "sweep failed" in caplog.text
    sweeping.error = None
    assert turn()
    assert (row().failures, row().done, row().error) == (0, 7, "")


def test_somebody_may_want_it_now(clock: time_machine.Traveller, sweeping: Sweeping) -> None:
    assert turn()

    assert schedule.run_now("sweep")
    assert not schedule.run_now("sweep")

    assert turn()
    assert row().next_run == now() + timedelta(hours=1)


def test_settling_changes_no_job_that_is_there(
    clock: time_machine.Traveller, sweeping: Sweeping
) -> None:
    assert turn()
    before = row().next_run

    clock.shift(60)
    schedule.settle(at=now())

    assert row().next_run == before


def test_jobs_of_another_version_are_left_alone(sweeping: Sweeping) -> None:
    PeriodicJob.objects.create(name="of-tomorrow", next_run=now())

    assert schedule.due(at=now()) == ["sweep"]
    assert [each.name for each in selectors.job_rows()] == ["sweep"]


def test_late_and_failing_jobs_are_found(clock: time_machine.Traveller, sweeping: Sweeping) -> None:
    patience = timedelta(minutes=1)

    def bad() -> list[str]:
        rows = selectors.job_rows()
        return [each.name for each in selectors.bad_jobs(rows, at=now(), patience=patience)]

    clock.shift(LEASE + patience)
    assert bad() == []
    clock.shift(1)
    assert bad() == ["sweep"]
    sweeping.error = OSError("away")
    for _ in range(selectors.MOST_FAILURES - 1):
        turn()
        assert bad() == []
        schedule.run_now("sweep")
    turn()
    assert bad() == ["sweep"]


def test_every_job_has_a_short_name_and_does_its_work_on_an_empty_site() -> None:
    for name, job in jobs.registered().items():
        assert len(name) <= 40
        assert job.every >= timedelta(seconds=1)
        if name != "reconcile":  # It asks the RTMP server.
            assert job.run() == 0
