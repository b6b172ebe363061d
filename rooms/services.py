"""The life of a room: waiting → live ⇄ reconnecting → waiting … → ended (DESIGN.md 3).

Every step is one conditional update: whoever comes late, twice or out of order changes
nothing and tells nobody. The steps take the room's primary key and answer whether they
changed anything, because hooks, the relay and the worker race to make them.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import account_is_leaving
from rooms.events import (
    RoomUpdated,
    StreamEnded,
    StreamInterrupted,
    StreamStarted,
    StreamStopped,
)
from rooms.models import Category, EndReason, Room, RoomState
from streair.core.errors import Conflict, Invalid
from streair.core.realtime.events import publish


def open_room(
    *, owner: User, title: str, description: str = "", category: Category | None = None
) -> Room:
    """Open a room for `owner`.

    Raises Conflict ("room-open-already", with the open room's id) while another is open, and
    Invalid when the texts cannot be used; NotAllowed for somebody who asked to be deleted.
    """
    if owner.is_leaving:
        raise account_is_leaving()
    texts = _clean(title, description)
    try:
        # A savepoint of its own: the constraint decides between two that come at once.
        with transaction.atomic():
            return Room.objects.create(owner=owner, category=category, **texts)
    except IntegrityError as exc:
        other = Room.objects.open().owned_by(owner.pk).first()
        if other is None:
            raise
        raise Conflict(
            _("You have an open room already. End it before you open another."),
            code="room-open-already",
            errors={"roomId": [other.room_id]},
        ) from exc


def open_room_like_last(*, owner: User) -> Room:
    """Open a room with the title and category of the owner's last one: an encoder came without."""
    last = Room.objects.owned_by(owner.pk).order_by("-created", "-pk").first()
    if last is not None:
        return open_room(
            owner=owner, title=last.title, description=last.description, category=last.category
        )
    with override(settings.LANGUAGE_CODE):
        title = _("Stream of %(name)s") % {"name": owner.shown_name}
    return open_room(owner=owner, title=title)


@transaction.atomic
def change_room(*, room: Room, title: str, description: str, category: Category | None) -> Room:
    """Change what the room says about itself, and tell its pages. Raises Invalid."""
    texts = _clean(title, description)
    room.title, room.description, room.category = texts["title"], texts["description"], category
    room.save(update_fields=["title", "description", "category"])
    event = RoomUpdated(
        room_id=room.room_id,
        title=room.title,
        description=room.description,
        category=_names(category),
    )
    publish(room.group, event)
    return room


@transaction.atomic
def go_live(pk: int, *, at: datetime | None = None) -> bool:
    """Pictures arrive: the room is on air, or back on air. Changes nothing when it is, or is over."""
    rooms = Room.objects.filter(pk=pk)
    started = rooms.filter(state=RoomState.WAITING).update(
        state=RoomState.LIVE, live_since=at or now(), interrupted_since=None
    )
    resumed = rooms.filter(state=RoomState.RECONNECTING).update(
        state=RoomState.LIVE, interrupted_since=None
    )
    if not (started or resumed):
        return False
    room = rooms.get()
    assert room.live_since is not None, "a live room knows since when"
    publish(room.group, StreamStarted(room_id=room.room_id, started_at=room.live_since))
    return True


@transaction.atomic
def interrupt(pk: int, *, at: datetime | None = None) -> bool:
    """The encoder is gone: the grace begins. Changes nothing unless the room is live."""
    since = at or now()
    rooms = Room.objects.filter(pk=pk)
    if not rooms.filter(state=RoomState.LIVE).update(
        state=RoomState.RECONNECTING, interrupted_since=since
    ):
        return False
    room = rooms.get()
    until = since + timedelta(seconds=settings.GRACE_SECONDS)
    publish(room.group, StreamInterrupted(room_id=room.room_id, grace_until=until))
    return True


@transaction.atomic
def fall_back_to_waiting(pk: int, *, interrupted_before: datetime | None = None) -> bool:
    """The grace ran out: the room waits again. Changes nothing unless it is reconnecting.

    With `interrupted_before`, only if the interruption is that old: the encoder may have
    come back and gone again since the caller looked.
    """
    rooms = Room.objects.filter(pk=pk)
    late = rooms.filter(state=RoomState.RECONNECTING)
    if interrupted_before is not None:
        late = late.filter(interrupted_since__lte=interrupted_before)
    # It waits since the encoder went, not since the grace ran out.
    if not late.update(
        state=RoomState.WAITING, waiting_since=F("interrupted_since"), interrupted_since=None
    ):
        return False
    room = rooms.get()
    publish(room.group, StreamStopped(room_id=room.room_id))
    return True


@transaction.atomic
def end_room(*, room: Room, reason: EndReason, block_encoder: bool) -> Room:
    """End the room for good and tell its pages. Changes nothing when it is over already.

    `block_encoder`: an encoder is at it, or tries to come back by itself; for some minutes it
    may not open the next room by doing so.
    """
    ended = now()
    block = timedelta(minutes=settings.REPUBLISH_BLOCK_MINUTES)
    changed = (
        Room.objects.open()
        .filter(pk=room.pk)
        .update(
            state=RoomState.ENDED,
            ended_at=ended,
            end_reason=reason,
            interrupted_since=None,
            republish_from=ended + block if block_encoder else None,
        )
    )
    room.refresh_from_db()
    if changed:
        publish(room.group, StreamEnded(room_id=room.room_id, reason=reason))
    return room


def _clean(title: str, description: str) -> dict[str, str]:
    """Return the texts as they are stored, or raise Invalid."""
    title, description = " ".join(title.split()), description.strip()
    errors: dict[str, list[str]] = {}
    for name, text, longest in (("title", title, 140), ("description", description, 2000)):
        if len(text) > longest:
            too_long = _("Use at most %(longest)d characters.") % {"longest": longest}
            errors.setdefault(name, []).append(too_long)
    if not any(unicodedata.category(mark)[0] in "LNPS" for mark in title):
        errors["title"] = [_("Give the stream a title.")]
    if errors:
        raise Invalid(_("This cannot be saved as it is."), errors=errors)
    return {"title": title, "description": description}


def _names(category: Category | None) -> dict[str, object] | None:
    if category is None:
        return None
    names = {"vi": category.name_vi, "en": category.name_en}
    return {"slug": category.slug, "names": names}
