"""Keeping order without scripts: held messages, rules, and what is written down of the overlay's link."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from chat.models import ChatRules, HeldMessage, Message
from rooms.models import Room
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada")


@pytest.fixture
def room(ada: User) -> Room:
    return RoomFactory(owner=ada)


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def hold(room: Room) -> HeldMessage:
    author = UserFactory(username="ben")
    return HeldMessage.objects.create(room=room, author=author, text="<b>hmm</b>", word="hmm")


def path(room: Room) -> str:
    return f"/en/rooms/{room.room_id}/held/"


@pytest.mark.parametrize(
    ("decision", "state", "said"), [("approve", "approved", 1), ("deny", "denied", 0)]
)
def test_held_messages_are_decided_on_by_plain_forms(
    browser: Client, room: Room, decision: str, state: str, said: int
) -> None:
    held = hold(room)
    page = browser.get(path(room)).content.decode()
    assert "&lt;b&gt;hmm&lt;/b&gt;" in page
    assert "@ben" in page

    answer = browser.post(path(room), {"held": held.pk, "decision": decision})

    assert answer["Location"] == path(room)
    held.refresh_from_db()
    assert (held.state, Message.objects.count()) == (state, said)
    again = browser.post(path(room), {"held": held.pk, "decision": "approve"}, follow=True)
    assert "This message does not wait any more." in again.content.decode()
    assert Message.objects.count() == said


@pytest.mark.parametrize("held", ["", "x", "9" * 40, "-1", "²"])
def test_nonsense_decides_nothing(browser: Client, room: Room, held: str) -> None:
    hold(room)

    assert browser.post(path(room), {"held": held, "decision": "approve"}).status_code == 302
    assert not Message.objects.exists()


def test_nobody_else_reads_or_decides(client: Client, room: Room) -> None:
    held = hold(room)
    assert client.get(path(room)).status_code == 302
    client.force_login(UserFactory())

    for answer in (
        client.get(path(room)),
        client.post(path(room), {"held": held.pk, "decision": "approve"}),
    ):
        assert answer.status_code == 403
        assert "hmm" not in answer.content.decode()
    assert not Message.objects.exists()


def test_the_way_there_is_shown_to_those_who_keep_order(
    browser: Client, room: Room, client: Client
) -> None:
    watch = f"/en/rooms/{room.room_id}/"

    assert path(room) in browser.get(watch).content.decode()
    client.force_login(UserFactory())
    assert path(room) not in client.get(watch).content.decode()


def test_a_streamer_sets_the_rules_in_the_studio(browser: Client, ada: User, room: Room) -> None:
    answer = browser.post("/en/studio/chat-rules/", {"text": "Be kind."})

    assert answer["Location"] == "/en/studio/"
    assert ChatRules.objects.get(owner=ada).text == "Be kind."
    assert "Be kind.</textarea>" in browser.get("/en/studio/").content.decode()


def test_rules_that_are_too_long_are_not_lost(browser: Client, room: Room) -> None:
    answer = browser.post("/en/studio/chat-rules/", {"text": "x" * 501})

    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()
    assert "Rules have at most 500 characters" in answer.content.decode()


def test_a_stranger_sets_no_rules(room: Room) -> None:
    assert Client().post("/studio/chat-rules/", {"text": "x"}).status_code == 302
    assert not ChatRules.objects.exists()


def test_a_new_link_of_the_overlay_is_written_down(browser: Client, ada: User) -> None:
    browser.post("/studio/overlay/renew/")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id) == ("overlay.renewed", ada.pk)
    assert entry.address == "127.0.0.1"
    assert (entry.before, entry.after) == (None, None), "never a secret"
