"""Followers are told that somebody is live: once, and only those who want to know."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from accounts.models import Follow, User
from rooms import services
from rooms.models import EndReason, Room
from tests.factories import RoomFactory, UserFactory
from tests.mailbox import do_what_waits
from tests.published import published

pytestmark = pytest.mark.django_db

SITE = "https://streair.example.org"


@pytest.fixture(autouse=True)
def _has_an_address(settings: Any) -> None:
    settings.CLIENT_URL = SITE


def followed_room(*followers: User, **fields: Any) -> Room:
    room = RoomFactory(title="Cơm nhà", **{"owner__username": "linh", **fields})
    for follower in followers:
        Follow.objects.create(follower=follower, followed=room.owner)
    return room


def reader(**fields: Any) -> User:
    return UserFactory(**{"notify_by_mail": True, "email_verified": True, **fields})


def news_of(room: Room) -> list[str]:
    """Let the room go live, and return what was told beside it."""
    with published() as told:
        services.go_live(room.pk)
    return [name for _group, name, _data in told if name == "channel-live"]


def send_mails() -> list[mail.EmailMessage]:
    """Let the time pass that mails wait, and send them."""
    DBTaskResult.objects.update(run_after=now() - timedelta(seconds=1))
    do_what_waits()
    return list(mail.outbox)


def test_they_are_told_once_however_often_the_room_goes_on_air() -> None:
    room = followed_room(reader())

    told = [news_of(room)]
    services.interrupt(room.pk)
    services.fall_back_to_waiting(room.pk)
    told.append(news_of(room))

    assert told == [["channel-live"], []]
    assert len(send_mails()) == 1


def test_a_room_that_follows_at_once_is_no_news() -> None:
    room = followed_room(reader())
    news_of(room)
    Room.objects.update(announced=now() - timedelta(minutes=5))
    services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert news_of(services.open_room(owner=room.owner, title="Again")) == []


def test_rooms_that_follow_each_other_do_not_keep_each_other_quiet_for_ever() -> None:
    room = followed_room(reader())
    news_of(room)
    told = []
    for _ in range(3):
        Room.objects.update(announced=F("announced") - timedelta(minutes=14))
        services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)
        room = services.open_room(owner=room.owner, title="Again")
        told.append(news_of(room))

    assert told == [[], [], ["channel-live"]]


def test_a_test_that_was_over_before_anybody_got_mail_keeps_nobody_from_the_real_stream() -> None:
    room = followed_room(reader())
    news_of(room)
    services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert news_of(services.open_room(owner=room.owner, title="Now it counts")) == ["channel-live"]
    [sent] = send_mails()
    assert "Now it counts" in sent.body


@pytest.mark.parametrize("fields", [{"visibility": "unlisted"}, {"visibility": "password"}])
def test_nobody_is_told_of_a_room_that_is_not_for_everybody(fields: dict[str, Any]) -> None:
    room = followed_room(reader(), **fields)

    assert news_of(room) == []
    assert send_mails() == []


def test_without_followers_there_is_nobody_to_tell() -> None:
    room = followed_room()

    assert news_of(room) == []
    assert not DBTaskResult.objects.exists()


def test_a_mail_says_who_is_live_and_how_to_get_no_more() -> None:
    room = followed_room(reader(username="ada", language="en"))

    news_of(room)

    assert do_what_waits() == 0, "nobody gets a mail about a test"
    (sent,) = send_mails()
    assert sent.to == ["ada@example.org"]
    assert sent.subject == "linh is live"
    assert f"{SITE}/en/rooms/{room.room_id}/" in str(sent.body)
    stop = re.search(rf"{SITE}/en/account/notifications/stop/\S+/", str(sent.body))
    assert stop is not None
    assert sent.extra_headers == {
        "List-Unsubscribe": f"<{stop[0]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_mails_go_only_to_those_who_want_them_and_can_get_them() -> None:
    wants = reader()
    muted = reader()
    room = followed_room(
        wants,
        muted,
        reader(notify_by_mail=False),
        reader(email_verified=False),
        reader(is_active=False),
        reader(leaving_since=now()),
    )
    Follow.objects.filter(follower=muted).update(notifies=False)
    reader()  # Follows nobody.

    news_of(room)

    assert [each.to for each in send_mails()] == [[wants.email]]


def test_nobody_gets_two_mails_about_one_stream_whatever_the_worker_does_twice() -> None:
    room = followed_room(reader())
    news_of(room)
    send_mails()

    DBTaskResult.objects.update(status="READY", worker_ids=[])

    assert len(send_mails()) == 1


def test_a_stream_that_is_over_by_then_is_no_mail() -> None:
    room = followed_room(reader())
    news_of(room)
    services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert send_mails() == []


def test_a_large_crowd_is_mailed_some_at_a_time() -> None:
    room = followed_room(*[reader() for _ in range(101)])
    news_of(room)

    assert len({each.to[0] for each in send_mails()}) == 101


def test_a_site_that_does_not_know_its_address_sends_no_mails(settings: Any) -> None:
    settings.CLIENT_URL = ""
    room = followed_room(reader())

    assert news_of(room) == ["channel-live"]
    assert send_mails() == []


def test_a_title_cannot_add_headers() -> None:
    room = followed_room(reader(), owner__display_name="Linh\r\nBcc: x@example.org")
    news_of(room)

    (sent,) = send_mails()

    assert "\n" not in sent.subject
    assert sent.recipients() == sent.to
