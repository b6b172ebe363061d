"""What waits and what fails, as Prometheus is told, and whether its alerts would say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now

from streair.core import tasks
from streair.jobs import metrics
from streair.jobs.models import QueuedTask
from tests.alerts import bounds
from tests.mailbox import do_what_waits
from tests.unit.jobs import work

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
# How long it has to be so before somebody is called.
LASTING = timedelta(minutes=2)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def fires() -> set[str]:
    """Return what of the alert on mails is as it should not be."""
    told = {gauge.name: values for gauge, values in metrics.look().items()}
    found = {
        name for name, bound in bounds("StreAirMailsWait").items() if told[name].get((), 0) > bound
    }
    failed = told["streair_tasks"]["failed",]
    return found | ({"failed"} if failed >= bounds("StreAirMailsWait")["streair_tasks"] else set())


def test_a_queue_that_nobody_does_is_told(clock: time_machine.Traveller) -> None:
    tasks.put(work.write_down, word="soon")
    assert fires() == set()

    clock.shift(121)

    assert fires() == {"streair_tasks_oldest_seconds"}


def test_mails_that_a_server_does_not_take_are_told_while_they_are_tried_again(
    clock: time_machine.Traveller,
) -> None:
    """Each waits for its next try and is never overdue: not that tells of them."""
    tasks.put(work.find_it_away)
    fired_since: datetime | None = None
    lasted = timedelta()
    while now() < NOW + timedelta(hours=1):
        do_what_waits()
        clock.shift(15)
        is_so = "streair_tasks_retried_seconds" in fires()
        assert is_so or fires() == set()
        fired_since = (fired_since or now()) if is_so else None
        lasted = max(lasted, now() - fired_since) if fired_since else lasted

    assert lasted > LASTING

    QueuedTask.objects.update(task_path=work.write_down.module_path, args_kwargs=_ARGUMENTS)
    clock.shift(timedelta(hours=1))
    do_what_waits()
    assert fires() == set()


def test_what_waits_because_it_is_not_time_yet_is_nothing_to_tell(
    clock: time_machine.Traveller,
) -> None:
    tasks.put(work.write_down, word="tomorrow", later=timedelta(days=1))

    clock.shift(timedelta(hours=23))

    assert fires() == set()


def test_several_that_are_given_up_are_told() -> None:
    for _ in range(3):
        tasks.put(work.give_up)

    do_what_waits()

    assert fires() == {"failed"}


_ARGUMENTS = {"args": [], "kwargs": {"word": "at last"}}
