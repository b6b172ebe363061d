"""Mails that somebody is live, on their way to those who follow them: a task for each, sent by the worker."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from accounts import outbox, selectors
from accounts.mails import Mail
from accounts.models import Follow
from accounts.services import stop_link
from rooms.models import Room, RoomQuerySet
from streair.core.brand import brand
from streair.core.tasks import TryLater

_AT_ONCE = 100


# Their paths and arguments stand in rows that outlive a deploy: add arguments with defaults only.
@task()
def mail_followers(room_pk: int, after: int) -> None:
    """Have the next followers mailed, unless the stream is over already; then those behind them."""
    room = _room_on_air(room_pk)
    if room is None:
        return
    follows = selectors.told_by_mail(room.owner_id, after=after, limit=_AT_ONCE)
    with transaction.atomic():
        for follow in follows:
            mail_follower.enqueue(room_pk=room_pk, follow_pk=follow)
        if len(follows) == _AT_ONCE:
            mail_followers.enqueue(room_pk=room_pk, after=follows[-1])


@task()
def mail_follower(room_pk: int, follow_pk: int) -> None:
    """Mail one follower, at most once about one stream. Raises TryLater or GivenUp."""
    room = _room_on_air(room_pk)
    if room is None or follow_pk not in selectors.told_by_mail(
        room.owner_id, after=follow_pk - 1, limit=1
    ):
        return
    follow = Follow.objects.select_related("follower").get(pk=follow_pk)
    # Written down first: whoever dies between this and the mail server's answer has sent none rather than two.
    mine = Follow.objects.filter(pk=follow_pk)
    if not mine.exclude(mailed_about=room_pk).update(mailed_about=room_pk):
        return
    try:
        with override(follow.follower.language or settings.LANGUAGE_CODE):
            outbox.send(_mail(room, follow))
    except TryLater:
        mine.update(mailed_about=None)
        raise


def _room_on_air(pk: int) -> Room | None:
    rooms = RoomQuerySet(Room).listed().on_air().filter(owner__is_active=True)
    return rooms.select_related("owner").filter(pk=pk).first()


def _mail(room: Room, follow: Follow) -> Mail:
    reader, site = follow.follower, settings.CLIENT_URL
    path = reverse("accounts:stop-mails", args=[stop_link(reader)])
    stop = f"{site}{path}"
    text = _(
        "Hello %(name)s,\n\n"
        "%(streamer)s is live at %(site)s:\n%(title)s\n\n%(url)s\n\n"
        "You get this mail because you follow %(streamer)s. No more such mails: %(stop)s"
    )
    values = {
        "name": reader.shown_name,
        "streamer": room.owner.shown_name,
        "site": brand().name,
        "title": " ".join(room.title.split()),
        "url": f"{site}{reverse('rooms:watch', args=[room.room_id])}",
        "stop": stop,
    }
    # RFC 8058: mail programs show a button that ends it with one click.
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    subject = _("%(streamer)s is live") % {"streamer": " ".join(room.owner.shown_name.split())}
    return Mail(reader.email, subject, text % values, headers)
