"""Telling followers that a stream has begun: once for each, whatever the encoder does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Max

from accounts import selectors
from rooms import outbox
from rooms.events import ChannelLive
from rooms.models import Room, Visibility
from streair.core import tasks
from streair.core.realtime.events import publish

# Every process with somebody signed in listens to it, and tells its own.
GROUP = "news"
# Whoever ends a room and opens the next one has told their followers already.
_QUIET = timedelta(minutes=30)
# So that nobody gets a mail about a test that is over by then.
_BEFORE_MAILS = timedelta(minutes=2)


def announce(room: Room, *, at: datetime) -> bool:
    """Tell the followers of the streamer that `room` is live; whether they are told.

    Part of the transaction in which it goes live. Not of rooms that are not for everybody.
    """
    if room.visibility != Visibility.PUBLIC or not selectors.has_followers(room.owner):
        return False
    if not Room.objects.filter(pk=room.pk, announced=None).update(announced=at):
        return False
    lately = Room.objects.owned_by(room.owner_id).filter(announced__gt=at - _QUIET)
    # Of one that was over before its mails were due, hardly anybody heard.
    lately = lately.exclude(ended_at__lt=F("announced") + _BEFORE_MAILS)
    told = lately.exclude(pk=room.pk).aggregate(told=Max("announced"))["told"]
    if told is not None:
        # They heard then, and from then on the quiet counts: rooms do not keep each other quiet for ever.
        Room.objects.filter(pk=room.pk).update(announced=told)
        return False
    publish(
        GROUP,
        ChannelLive(
            room_id=room.room_id,
            title=room.title,
            user_id=room.owner_id,
            username=room.owner.username,
            display_name=room.owner.shown_name,
        ),
    )
    if settings.CLIENT_URL:
        tasks.put(outbox.mail_followers, later=_BEFORE_MAILS, room_pk=room.pk, after=0)
    return True
