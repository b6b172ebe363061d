"""The queue: each task is done, whoever dies; what fails is tried again, and at last shown."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.timezone import now
from django_tasks.base import TaskResultStatus

from streair.core import tasks
from streair.jobs.models import QueuedTask, Row
from streair.jobs.services import queue
from tests.mailbox import do_what_waits
from tests.unit.jobs import work

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    work.done.clear()
    yield
    work.done.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def claimed() -> Row:
    row = queue.claim(at=now())
    assert row is not None
    return row


def only() -> QueuedTask:
    return QueuedTask.objects.get()


def test_tasks_are_done_in_the_order_in_which_they_came() -> None:
    for word in ("one", "two", "three"):
        tasks.put(work.write_down, word=word)

    do_what_waits()

    assert work.done == ["one", "two", "three"]
    assert {row.status for row in QueuedTask.objects.all()} == {TaskResultStatus.SUCCESSFUL}


def test_a_task_goes_with_the_transaction_that_put_it_in() -> None:
    with transaction.atomic():
        tasks.put(work.write_down, word="never")
        transaction.set_rollback(True)

    assert do_what_waits() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_who_look_at_once_one_gets_the_task() -> None:
    tasks.put(work.write_down, word="once")
    together = Barrier(4)

    def look(_number: int) -> bool:
        together.wait(timeout=20)
        try:
            return queue.claim(at=now()) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(look, range(4))) == [False, False, False, True]


def test_what_is_away_is_tried_again_later_and_later(clock: time_machine.Traveller) -> None:
    tasks.put(work.find_it_away)
    waits = []
    while do_what_waits():
        row = only()
        if row.status == TaskResultStatus.READY:
            waits.append(row.run_after - now())
            clock.move_to(row.run_after)

    assert tuple(waits) == queue.WAITS
    assert only().status == TaskResultStatus.FAILED
    assert only().attempts == len(queue.WAITS) + 1


def test_a_task_that_loses_the_database_is_tried_again(clock: time_machine.Traveller) -> None:
    tasks.put(work.lose_the_database)

    do_what_waits()

    assert only().status == TaskResultStatus.READY
    assert only().run_after == NOW + queue.WAITS[0]


@pytest.mark.parametrize("task", [work.give_up, work.stumble])
def test_what_trying_again_does_not_help_is_given_up_at_once(task: Any) -> None:
    tasks.put(task)

    do_what_waits()

    assert only().status == TaskResultStatus.FAILED
    assert only().attempts == 1


def unknown(path: str = "tests.unit.jobs.work.new") -> None:
    """Put in a task that a newer version knows, and this one does not."""
    tasks.put(work.write_down, word="of a newer version")
    QueuedTask.objects.update(task_path=path)


@pytest.mark.parametrize(
    "path", ["tests.unit.jobs.work.new", "tests.unit.jobs.new.work", "tests.unit.jobs.work.done"]
)
def test_a_task_that_this_version_does_not_know_waits_for_a_worker_that_does(
    clock: time_machine.Traveller, path: str
) -> None:
    unknown(path)
    tasks.put(work.write_down, word="known")
    for _ in range(3):  # What an old worker does, while versions change.
        do_what_waits()
        clock.shift(queue.UNKNOWN_WAIT)
    assert work.done == ["known"]

    QueuedTask.objects.filter(task_path=path).update(task_path=work.write_down.module_path)
    do_what_waits()

    assert work.done == ["known", "of a newer version"]
    assert {len(row.worker_ids) for row in QueuedTask.objects.all()} == {1}


def test_a_task_that_nobody_ever_knows_fails_at_last_and_can_be_tried_again(
    clock: time_machine.Traveller,
) -> None:
    unknown()
    while do_what_waits():
        clock.shift(queue.UNKNOWN_WAIT)

    assert only().status == TaskResultStatus.FAILED
    assert now() - NOW == queue.UNKNOWN_KEPT + queue.UNKNOWN_WAIT
    assert "ImportError" in only().traceback

    assert queue.try_again(only())
    do_what_waits()
    assert only().status == TaskResultStatus.READY


def test_what_went_wrong_is_kept_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    tasks.put(work.find_it_away, secret="hunter2")

    do_what_waits()

    assert "refused" in only().traceback
    assert "refused" in caplog.text
    assert "hunter2" not in only().traceback + caplog.text


def test_a_task_whose_worker_died_is_done_by_the_next(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="after all")
    claimed()

    clock.shift(queue.LEASE)
    assert queue.recover(at=now()) == 0
    clock.shift(1)
    assert queue.recover(at=now()) == 1
    do_what_waits()

    assert work.done == ["after all"]
    assert only().attempts == 2


def test_a_task_that_takes_long_is_left_to_who_does_it(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="slowly")
    row = claimed()

    clock.shift(queue.LEASE)
    queue.renew([row], at=now())
    clock.shift(queue.LEASE)

    assert queue.recover(at=now()) == 0


def test_who_was_taken_for_dead_changes_nothing_any_more(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="twice")
    late = claimed()
    clock.shift(queue.LEASE + timedelta(seconds=1))
    queue.recover(at=now())
    claimed()

    queue.carry_out(late)
    queue.renew([late], at=now() + timedelta(days=1))

    assert only().status == TaskResultStatus.RUNNING
    assert only().started_at == now()


def test_a_task_that_kills_its_workers_is_given_up(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="deadly")
    while queue.claim(at=now()):
        clock.shift(queue.LEASE + timedelta(seconds=1))
        queue.recover(at=now())

    assert only().status == TaskResultStatus.FAILED
    assert only().attempts == len(queue.WAITS) + 1


def test_a_failed_task_starts_from_the_beginning_when_somebody_wants_it_to() -> None:
    tasks.put(work.give_up)
    assert not queue.try_again(only())
    do_what_waits()

    assert queue.try_again(only())

    assert (only().status, only().attempts) == (TaskResultStatus.READY, 0)
    assert do_what_waits() == 1


def test_a_task_that_waits_for_its_next_try_is_done_at_once_when_wanted() -> None:
    tasks.put(work.find_it_away)
    do_what_waits()
    assert do_what_waits() == 0

    assert queue.try_again(only())

    assert do_what_waits() == 1


def test_what_is_over_is_forgotten_after_a_while(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="done")
    tasks.put(work.give_up)
    do_what_waits()
    tasks.put(work.write_down, word="waiting")
    kept = timedelta(days=14)

    clock.shift(queue.DONE_KEPT + timedelta(seconds=1))
    assert queue.prune(at=now(), failed_kept=timedelta(0)) == 1
    assert queue.prune(at=now(), failed_kept=kept) == 0
    clock.shift(kept)
    assert queue.prune(at=now(), failed_kept=timedelta(0)) == 0
    assert queue.prune(at=now(), failed_kept=kept) == 1

    assert only().status == TaskResultStatus.READY


def test_there_is_an_end_to_how_much_can_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tasks, "MOST_WAITING", 2)

    for number in range(4):
        tasks.put(work.write_down, word=str(number))

    assert QueuedTask.objects.count() == 3
    assert "Too many tasks wait" in caplog.text
