"""How long what was said is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from chat.models import Action, Deed, Message, MessageState
from chat.services import retention
from tests.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    return now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("kept", "deleted_kept", "left"),
    [
        (90, 30, {"new", "old", "just removed"}),
        (10, 30, {"new", "just removed"}),
        (0, 30, {"new", "old", "very old", "just removed"}),
        (90, 0, {"new", "old", "just removed", "removed"}),
        (0, 0, {"new", "old", "very old", "just removed", "removed"}),
        (-1, 1, {"new", "old", "very old"}),
    ],
)
def test_messages_are_kept_as_long_as_is_set(
    settings: Any, kept: int, deleted_kept: int, left: set[str]
) -> None:
    settings.KEEP_MESSAGES_DAYS, settings.KEEP_DELETED_MESSAGES_DAYS = kept, deleted_kept
    for text, age in (("new", 1), ("old", 80), ("very old", 100)):
        MessageFactory(text=text, sent=ago(age))
    for text, age in (("just removed", 2), ("removed", 40)):
        MessageFactory(text=text, sent=ago(age), removed=ago(age), state=MessageState.DELETED)

    retention.forget_messages(at=now())

    assert set(Message.objects.values_list("text", flat=True)) == left


@pytest.mark.parametrize(("days", "left"), [(365, 1), (30, 0), (0, 2)])
def test_the_moderation_log_is_kept_like_the_audit_log(settings: Any, days: int, left: int) -> None:
    settings.KEEP_AUDIT_DAYS = days
    owner = UserFactory()
    for age in (40, 400):
        Deed.objects.create(owner=owner, actor=owner, action=Action.CLEARED, at=ago(age))

    retention.forget_deeds(at=now())

    assert Deed.objects.count() == left
