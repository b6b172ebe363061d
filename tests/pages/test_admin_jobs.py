"""The queue and the periodic jobs in the administration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from django_tasks.base import TaskResultStatus

from accounts import outbox
from accounts.models import AuditEntry, User
from streair.core import jobs, tasks
from streair.jobs.models import PeriodicJob, QueuedTask
from streair.jobs.services import schedule
from tests.factories import UserFactory
from tests.mailbox import do_what_waits
from tests.pages.keepers import act, staff_with
from tests.pages.reading import read
from tests.unit.jobs import work

pytestmark = pytest.mark.django_db

TASKS = "/admin/jobs/queuedtask/"
JOBS = "/admin/jobs/periodicjob/"


def failed() -> QueuedTask:
    tasks.put(work.give_up)
    do_what_waits()
    return QueuedTask.objects.get(status=TaskResultStatus.FAILED)


def test_tasks_and_jobs_are_shown(client: Client, keeper: User) -> None:
    outbox.put(outbox.Kind.RESET, [keeper], site="https://live.example.org")
    task = failed()
    schedule.settle(at=now())

    for url in (
        TASKS,
        *(f"{TASKS}?state={state}" for state in ("waiting", "running", "failed", "done")),
        f"{TASKS}{task.pk}/change/",
        JOBS,
        f"{JOBS}reconcile/change/",
    ):
        answer = client.get(url)

        assert answer.status_code == 200
        assert read(answer).inline == []
    assert "send_mail (reset)" in client.get(TASKS).content.decode()
    assert "No such mailbox." in client.get(f"{TASKS}?state=failed").content.decode()
    assert "Traceback" in client.get(f"{TASKS}{task.pk}/change/").content.decode()


def test_a_failed_task_is_tried_again_after_a_question(client: Client, keeper: User) -> None:
    task = failed()

    act(client, TASKS, "try_again", task)
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    act(client, TASKS, "try_again", task, confirmed="yes")

    task.refresh_from_db()
    assert (task.status, task.attempts) == (TaskResultStatus.READY, 0)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_name) == ("task.tried-again", "give_up")


def test_a_task_that_was_done_is_not_done_again(client: Client, keeper: User) -> None:
    tasks.put(work.write_down, word="once")
    do_what_waits()
    task = QueuedTask.objects.get()

    page = act(client, TASKS, "try_again", task, confirmed="yes").content.decode()

    task.refresh_from_db()
    assert task.status == TaskResultStatus.SUCCESSFUL
    assert "errorlist" in page or 'class="error"' in page
    assert not AuditEntry.objects.exists()


def test_a_job_is_run_now_after_a_question(client: Client, keeper: User) -> None:
    later = now() + timedelta(hours=5)
    schedule.settle(at=later)
    job = PeriodicJob.objects.get(pk="old-messages")

    act(client, JOBS, "run_now", job)
    assert schedule.due(at=now()) == []
    act(client, JOBS, "run_now", job, confirmed="yes")

    assert schedule.due(at=now()) == ["old-messages"]
    assert AuditEntry.objects.get().action == "job.run"


@pytest.mark.parametrize(("url", "action"), [(TASKS, "try_again"), (JOBS, "run_now")])
def test_who_may_only_look_changes_nothing(client: Client, url: str, action: str) -> None:
    client.force_login(staff_with("view_queuedtask", "view_periodicjob"))
    task = failed()
    schedule.settle(at=now() + timedelta(hours=1))
    rows = {TASKS: task, JOBS: PeriodicJob.objects.get(pk="graces")}

    assert client.get(url).status_code == 200
    act(client, url, action, rows[url], confirmed="yes")

    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert schedule.due(at=now()) == []
    assert client.get(f"{url}add/").status_code == 403


@pytest.mark.parametrize("url", [TASKS, JOBS])
def test_people_without_the_right_are_kept_out(client: Client, url: str) -> None:
    client.force_login(UserFactory())
    assert client.get(url).status_code == 302
    client.force_login(UserFactory(is_staff=True))
    assert client.get(url).status_code == 403


def test_the_lists_ask_as_much_for_many_rows_as_for_few(
    client: Client, keeper: User, django_assert_num_queries: Any
) -> None:
    tasks.put(work.write_down, word="one")
    client.get(TASKS)  # The first visit is written down.
    with CaptureQueriesContext(connection) as queries:
        client.get(TASKS)
    for number in range(40):
        tasks.put(work.write_down, word=str(number))

    with django_assert_num_queries(len(queries)):
        client.get(TASKS)
    assert len(queries) < 10


def test_every_job_stands_in_the_list(client: Client, keeper: User) -> None:
    schedule.settle(at=now())
    PeriodicJob.objects.create(name="of-tomorrow", next_run=now())

    page = client.get(JOBS, headers={"accept-language": "en"}).content.decode()

    assert all(f"{JOBS}{name}/change/" in page for name in jobs.registered())
    assert "of-tomorrow" not in page


def test_what_the_library_shows_by_itself_is_not_there(client: Client, keeper: User) -> None:
    assert client.get("/admin/django_tasks_database/dbtaskresult/").status_code == 404
