"""Taking many rows away, some at a time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat.models import Message
from streair.core import batches
from streair.core.batches import delete_in_batches
from tests.factories import MessageFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_all_are_gone_and_no_others_in_transactions_of_a_few() -> None:
    room, other = RoomFactory(), RoomFactory()
    MessageFactory.create_batch(5, room=room)
    kept = MessageFactory(room=other)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        gone = delete_in_batches(Message.objects.filter(room=room), size=2)

    assert gone == 5
    assert Message.objects.get() == kept
    begun = [query for query in queries.captured_queries if query["sql"].startswith("SAVEPOINT")]
    assert len(begun) == 3


def test_what_hangs_on_a_row_is_not_counted_as_one() -> None:
    ada = UserFactory()
    RoomFactory(owner=ada)

    assert delete_in_batches(User.objects.filter(pk=ada.pk)) == 1


def test_a_reply_outlives_what_it_answers() -> None:
    old = MessageFactory()
    reply = MessageFactory(room=old.room, reply_to=old)

    assert delete_in_batches(Message.objects.filter(pk=old.pk)) == 1

    reply.refresh_from_db()
    assert reply.reply_to is None


def test_what_takes_too_long_goes_on_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    MessageFactory.create_batch(3)
    monkeypatch.setattr(batches, "MOST_SECONDS", 0.0)
    assert delete_in_batches(Message.objects.all(), size=1) == 0

    monkeypatch.undo()
    assert delete_in_batches(Message.objects.all(), size=1) == 3
