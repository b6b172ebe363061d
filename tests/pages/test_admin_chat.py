"""What keepers do to chats, and what reports and exports have of them."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import registry
from accounts.models import AuditEntry, User
from chat.models import MessageState
from rooms.services import report
from streair.core.errors import NotFound
from tests.factories import MessageFactory, UserFactory
from tests.pages.keepers import act

pytestmark = pytest.mark.django_db

MESSAGES = "/admin/chat/message/"


def test_a_message_is_removed_for_a_reason(client: Client, keeper: User) -> None:
    message, other = MessageFactory(text="Buy now"), MessageFactory()

    act(client, MESSAGES, "remove", message, confirmed="yes", reason="Spam")

    message.refresh_from_db()
    other.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (message.state, other.state) == (MessageState.DELETED, MessageState.SHOWN)
    assert message.removed_by == keeper
    assert (entry.action, entry.reason) == ("message.removed", "Spam")


def test_nothing_is_removed_without_an_answer(client: Client, keeper: User) -> None:
    message = MessageFactory()

    answer = act(client, MESSAGES, "remove", message)

    message.refresh_from_db()
    assert message.state == MessageState.SHOWN
    assert answer.status_code == 200


def test_a_reported_message_keeps_its_words(keeper: User) -> None:
    message = MessageFactory(text="Buy now")

    row = report(reporter=UserFactory(), kind="message", target_id=str(message.pk), reason="spam")

    assert (row.target_text, row.room) == ("Buy now", message.room)


@pytest.mark.parametrize("target", ["0", "-1", "x", "٣", "9" * 40])
def test_a_message_that_is_none_cannot_be_reported(target: str) -> None:
    with pytest.raises(NotFound):
        report(reporter=UserFactory(), kind="message", target_id=target, reason="spam")


def test_what_somebody_said_is_among_their_data() -> None:
    message = MessageFactory(text="Good evening")
    MessageFactory(text="somebody else's")

    assert message.author is not None
    (row,) = registry.exported(message.author)["messages"]

    assert (row["text"], row["room__room_id"]) == ("Good evening", message.room.room_id)
