"""Opening a room, and changing what it says about itself and whom it lets in."""

from __future__ import annotations

from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.services import account_is_leaving
from rooms import live_rooms
from rooms.events import RoomUpdated
from rooms.models import Category, Room
from rooms.particulars import Particulars, apply
from rooms.search import search_key_of
from rooms.services.listing import lists_changed
from rooms.services.pictures import drop_picture_that_may_not_be_shown
from rooms.titles import title_by_itself
from streair.core.errors import Conflict
from streair.core.realtime.events import publish

_REPEATED = (
    *("title", "description", "category", "visibility", "password", "is_mature", "tags"),
    "hides_viewers",
)


def open_room(*, owner: User, **given: Unpack[Particulars]) -> Room:
    """Open a room for `owner`.

    Raises Conflict ("room-open-already", with the open room's id) while another is open, and
    Invalid when something that is given cannot be used; NotAllowed for somebody who asked to be deleted.
    """
    if owner.is_leaving:
        raise account_is_leaving()
    room = Room(owner=owner)
    apply(room, {"title": "", **given})
    return _insert(room)


def open_room_like_last(*, owner: User) -> Room:
    """Open a room like the owner's last one, lock included: an encoder came without."""
    last = Room.objects.owned_by(owner.pk).order_by("-created", "-pk").first()
    room = Room(owner=owner)
    if last is not None:
        for name in _REPEATED:
            setattr(room, name, getattr(last, name))
    else:
        room.title = title_by_itself(owner.shown_name)
    return _insert(room)


@transaction.atomic
def change_room(*, room: Room, **given: Unpack[Particulars]) -> Room:
    """Change what is given, and tell the room's pages. Raises Invalid, and then changes nothing."""
    # The row, not what the caller looked at: another change may have come in between.
    room = Room.objects.select_for_update(of=("self",)).get(pk=room.pk)
    lock, was_public = room.lock, room.is_public
    names = apply(room, given)
    room.search_key = search_key_of(room)
    room.save(update_fields=[*names, "search_key"])
    drop_picture_that_may_not_be_shown(room)
    event = RoomUpdated(
        room_id=room.room_id,
        title=room.title,
        description=room.description,
        category=_names(room.category),
        tags=room.tags,
        is_mature=room.is_mature,
        hides_viewers=room.hides_viewers,
    )
    # Whoever the new lock keeps out is on their way (rooms.doors), and has no business with this.
    publish(room.group if room.lock in {"", lock} else room.owner_group, event)
    if room.is_on_air:
        lists_changed(room, was_public=was_public)
    else:
        live_rooms.changed()
    return room


@transaction.atomic
def feature_room(*, room: Room, featured: bool, by: User, address: str = "") -> Room:
    """Show a room first, or no longer. Changes nothing the second time."""
    if Room.objects.filter(pk=room.pk, is_featured=not featured).update(is_featured=featured):
        flags: dict[str, Any] = {
            "before": {"featured": not featured},
            "after": {"featured": featured},
        }
        audit.record("room.featured", target=room, actor=by, address=address, **flags)
        live_rooms.changed()
    room.refresh_from_db()
    return room


def _insert(room: Room) -> Room:
    room.search_key = search_key_of(room)
    try:
        # A savepoint of its own: the constraint decides between two that come at once.
        with transaction.atomic():
            room.save(force_insert=True)
    except IntegrityError as exc:
        other = Room.objects.open().owned_by(room.owner_id).first()
        if other is None:
            raise
        raise Conflict(
            _("You have an open room already. End it before you open another."),
            code="room-open-already",
            errors={"roomId": [other.room_id]},
        ) from exc
    live_rooms.changed()
    return room


def _names(category: Category | None) -> dict[str, object] | None:
    if category is None:
        return None
    names = {"vi": category.name_vi, "en": category.name_en}
    return {"slug": category.slug, "names": names}
