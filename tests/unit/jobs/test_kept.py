"""How long a site that nobody set up keeps things, and that its environment may say otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils.timezone import now
from pytest_django import Settings

from accounts import audit
from accounts.models import AuditEntry
from chat.models import Action, Deed, Message, MessageState
from streair.core import jobs
from tests.factories import MessageFactory, UserFactory

DEFAULTS = {"KEEP_MESSAGES_DAYS": 90, "KEEP_DELETED_MESSAGES_DAYS": 30, "KEEP_AUDIT_DAYS": 365}


def test_the_defaults_are_those_that_are_promised(settings: Settings) -> None:
    assert {name: getattr(settings, name) for name in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_environment_may_say_otherwise(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"from streair import settings; print(settings.{name})"],
        env={**os.environ, name: "12"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == "12\n"


@pytest.mark.django_db
def test_the_jobs_go_by_them() -> None:
    for days in (89, 91):
        MessageFactory(text=f"said {days}", sent=now() - timedelta(days=days))
    for days in (29, 31):
        at = now() - timedelta(days=days)
        MessageFactory(text=f"away {days}", sent=at, removed=at, state=MessageState.DELETED)
    people = {days: UserFactory(username=f"ada{days}") for days in (364, 366)}
    for days, person in people.items():
        at = now() - timedelta(days=days)
        Deed.objects.create(owner=person, actor=person, action=Action.CLEARED, at=at)
        with time_machine.travel(at, tick=False):
            audit.record("user.reactivated", target=person, actor=None)

    for name in ("old-messages", "old-audit"):
        jobs.registered()[name].run()

    assert set(Message.objects.values_list("text", flat=True)) == {"said 89", "away 29"}
    assert Deed.objects.get().owner == people[364]
    entries: QuerySet[AuditEntry] = QuerySet(AuditEntry)
    assert entries.get().target_id == str(people[364].pk)
