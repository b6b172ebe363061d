"""The worker's process, in a thread: it finds work, and ends when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now
from django_tasks.base import TaskResultStatus

from streair.core import jobs, tasks
from streair.jobs.crew import Crew
from streair.jobs.models import PeriodicJob, QueuedTask
from streair.jobs.worker import Worker
from tests.servers.process import wait_until
from tests.unit.jobs import work

# Each thread has a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _only_the_tests_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "_jobs", {})
    work.done.clear()
    yield
    work.done.clear()


@pytest.fixture
def beats() -> list[int]:
    return []


@pytest.fixture
def worker(beats: list[int]) -> Iterator[Worker]:
    """A worker that runs until the test is over."""
    worker = Worker(beat=lambda: beats.append(1))

    def run() -> None:
        try:
            worker.run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield worker
    worker.stop()
    thread.join(20)
    assert not thread.is_alive()


def test_it_does_what_waits_and_what_is_due_and_says_that_it_lives(
    worker: Worker, beats: list[int]
) -> None:
    swept = threading.Event()

    def sweep() -> int:
        swept.set()
        return 3

    jobs.register(jobs.Job("sweep", "Sweep", timedelta(hours=1), sweep))
    PeriodicJob.objects.create(name="sweep", next_run=now())
    for word in ("one", "two", "three", "four", "five"):
        tasks.put(work.write_down, word=word)

    assert swept.wait(20)
    wait_until(lambda: QueuedTask.objects.successful().count() == 5, what="five tasks")
    wait_until(lambda: PeriodicJob.objects.get().done == 3, what="the job's result")
    assert sorted(work.done) == ["five", "four", "one", "three", "two"]
    wait_until(lambda: beats, what="a heartbeat")


def test_a_slow_job_holds_up_neither_tasks_nor_itself_twice(worker: Worker) -> None:
    runs, go_on = [], threading.Event()

    def dawdle() -> int:
        runs.append(1)
        go_on.wait(20)
        return 1

    # Its lease is over at once: another machine might begin, but this one does not.
    jobs.register(jobs.Job("slow", "Slow", timedelta(0), dawdle, lease=timedelta(0)))
    PeriodicJob.objects.create(name="slow", next_run=now())
    wait_until(lambda: runs, what="the slow job")

    tasks.put(work.write_down, word="meanwhile")
    wait_until(lambda: work.done, what="the task")
    tasks.put(work.write_down, word="and again")
    wait_until(lambda: len(work.done) == 2, what="another task")

    assert runs == [1]
    worker.stop()
    go_on.set()


def test_what_is_told_to_stop_takes_nothing_more_on() -> None:
    worker = Worker(beat=lambda: None)
    tasks.put(work.write_down, word="for the next")

    worker.stop()
    worker.run()

    assert QueuedTask.objects.get().status == TaskResultStatus.READY


def test_a_crew_outlives_what_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    freed = threading.Event()
    crew = Crew(freed=freed.set)

    def fail() -> None:
        raise RuntimeError("The database is away.")

    crew.begin("something", fail)

    assert freed.wait(20)
    assert len(crew) == 0
    assert "something could not be written down" in caplog.text
