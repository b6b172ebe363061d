"""Mails on their way: rows hold no secret, links are made at the end, what has become pointless is not sent."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.timezone import now
from django.utils.translation import override
from django_tasks.base import TaskResultStatus

from accounts import links, outbox, services
from accounts.models import User
from accounts.outbox import Kind
from streair.jobs.models import QueuedTask
from streair.jobs.services import queue
from tests.factories import UserFactory
from tests.mailbox import do_what_waits, link_in, mailed

pytestmark = pytest.mark.django_db

SITE = "https://live.example.org"


def test_a_row_says_whom_and_what_and_holds_no_link() -> None:
    ada = UserFactory(username="ada")

    services.send_reset(email=ada.email, site=SITE)

    row = QueuedTask.objects.get()
    assert row.args_kwargs == {
        "args": [],
        "kwargs": {
            "kind": "reset",
            "people": [[ada.pk, ada.link_version]],
            "to": "",
            "site": SITE,
            "language": "vi",
        },
    }
    do_what_waits()
    row.refresh_from_db()
    assert links.read(links.Purpose.PASSWORD, link_in(mail.outbox[0])).user_id == ada.pk
    assert link_in(mail.outbox[0]) not in str(vars(row))


def test_an_unknown_address_costs_a_row_like_a_known_one_and_is_not_written_down() -> None:
    services.send_reset(email="nobody@example.org", site=SITE)

    row = QueuedTask.objects.get()
    assert "nobody" not in str(row.args_kwargs)
    assert mailed() == []
    row.refresh_from_db()
    assert row.status == TaskResultStatus.SUCCESSFUL


def test_a_mail_speaks_the_language_that_was_spoken_when_it_was_asked_for() -> None:
    ada = UserFactory()
    for language in ("en", "vi"):
        with override(language):
            outbox.put(Kind.PASSWORD_CHANGED, [ada], to=ada.email)

    english, vietnamese = mailed()

    assert english.subject == "Your password was changed"
    assert vietnamese.subject != english.subject


@pytest.mark.parametrize("kind", [Kind.VERIFY, Kind.RESET])
def test_a_link_that_would_not_work_any_more_is_not_sent(kind: Kind) -> None:
    ada, gone, kept_out = UserFactory(), UserFactory(), UserFactory()
    for user in (ada, gone, kept_out):
        outbox.put(kind, [user], to=user.email, site=SITE)
    User.objects.filter(pk=ada.pk).update(link_version=1)
    User.objects.filter(pk=kept_out.pk).update(is_active=False)
    gone.delete()

    assert mailed() == []
    assert QueuedTask.objects.failed().count() == 0


def test_who_came_back_is_not_told_that_they_leave() -> None:
    ada = UserFactory(email_verified=True, leaving_since=now())
    outbox.put(Kind.LEAVING, [ada], to=ada.email)
    services.restore(ada, address="")

    assert mailed() == []


def test_each_of_several_gets_a_task_of_their_own() -> None:
    people = [UserFactory(username=f"squatter{number}", email="a@example.org") for number in "12"]

    services.send_reset(email="a@example.org", site=SITE)

    assert QueuedTask.objects.count() == 1
    assert len({link_in(message) for message in mailed()}) == len(people)
    assert QueuedTask.objects.count() == 3


class Answering(BaseEmailBackend):
    """A mail server that says the same to everything."""

    error: Exception

    def send_messages(self, messages: Any) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConnectionRefusedError("away"), TaskResultStatus.READY),
        (TimeoutError("slow"), TaskResultStatus.READY),
        (smtplib.SMTPServerDisconnected("gone"), TaskResultStatus.READY),
        (smtplib.SMTPAuthenticationError(535, b"who?"), TaskResultStatus.READY),
        (smtplib.SMTPConnectError(554, b"not you"), TaskResultStatus.READY),
        (smtplib.SMTPDataError(451, b"later"), TaskResultStatus.READY),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"full")}), TaskResultStatus.READY),
        (smtplib.SMTPDataError(554, b"spam"), TaskResultStatus.FAILED),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"nobody")}), TaskResultStatus.FAILED),
        (ValueError("no mail"), TaskResultStatus.FAILED),
    ],
)
def test_what_the_mail_server_says_decides_whether_it_is_asked_again(
    settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: TaskResultStatus
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Answering"
    monkeypatch.setattr(Answering, "error", error, raising=False)
    ada = UserFactory()
    outbox.put(Kind.PASSWORD_CHANGED, [ada], to=ada.email)

    do_what_waits()

    assert QueuedTask.objects.get().status == status


def test_a_mail_goes_out_once_the_server_is_back(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Answering"
    monkeypatch.setattr(Answering, "error", ConnectionRefusedError("away"), raising=False)
    ada = UserFactory()
    outbox.put(Kind.PASSWORD_CHANGED, [ada], to=ada.email)
    do_what_waits()

    settings.EMAIL_BACKEND = working
    later = now() + queue.WAITS[0] + timedelta(seconds=1)
    QueuedTask.objects.filter(run_after__lt=later).update(run_after=now())

    assert [message.to for message in mailed()] == [[ada.email]]
