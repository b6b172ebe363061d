"""The picture of a room: kept while it may be shown, under a new name each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from rooms.models import Room, RoomState, Visibility
from rooms.pictures import files_of, new_name

# So many rooms forget their picture in one round.
_AT_ONCE = 100


def picture_begun(pk: int, *, at: datetime) -> None:
    """Write down that a picture of the room is being taken: whatever becomes of it, the next one has time."""
    Room.objects.filter(pk=pk).update(pictured=at)


def set_picture(pk: int, files: Mapping[str, bytes], *, blurred: bool) -> bool:
    """Make `files` (by size) the room's picture; whether it could use them.

    Not when it is over or locked meanwhile, or has turned mature and they are not blurred.
    """
    name = new_name(blurred=blurred)
    for size, file in files_of(name).items():
        default_storage.save(file, ContentFile(files[size]))
    try:
        return _replace(pk, name, blurred=blurred)
    except BaseException:
        _delete(name)
        raise


@transaction.atomic
def _replace(pk: int, name: str, *, blurred: bool) -> bool:
    rooms = Room.objects.on_air().exclude(visibility=Visibility.PASSWORD)
    rooms = rooms if blurred else rooms.filter(is_mature=False)
    # Locked, so that of two who come at once each drops what it has replaced.
    room = Room.objects.select_for_update(of=("self",)).get(pk=pk)
    is_kept = bool(rooms.filter(pk=pk).update(picture=name))
    _drop_files(room.picture if is_kept else name)
    return is_kept


def drop_picture_that_may_not_be_shown(room: Room) -> None:
    """Forget the picture of a room that was changed so that it must not be seen any more."""
    if room.picture and not room.card_picture:
        drop_picture(room)


@transaction.atomic
def drop_picture(room: Room) -> None:
    """Forget the room's picture. Does nothing when there is none; a live room gets another."""
    if Room.objects.filter(pk=room.pk, picture=room.picture).update(picture="", pictured=None):
        _drop_files(room.picture)
        room.picture = ""


def forget_old_pictures(*, at: datetime) -> int:
    """Forget pictures of rooms that ended long ago; return of how many."""
    oldest = at - timedelta(days=settings.PICTURE_DAYS)
    rooms = Room.objects.filter(state=RoomState.ENDED, ended_at__lt=oldest).exclude(picture="")
    found = list(rooms[:_AT_ONCE])
    for room in found:
        drop_picture(room)
    return len(found)


def _drop_files(name: str) -> None:
    if name:
        transaction.on_commit(lambda: _delete(name), robust=True)


def _delete(name: str) -> None:
    for file in files_of(name).values():
        default_storage.delete(file)
