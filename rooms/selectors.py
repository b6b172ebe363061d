"""Reading rooms: what pages and sockets show."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rooms.models import Category, Room, RoomQuerySet
from streair.core.errors import NotFound

_MOST_ON_ONE_PAGE = 60
_RECENTLY = timedelta(days=7)


def _shown() -> RoomQuerySet:
    """Rooms with what every card needs."""
    return RoomQuerySet(Room).select_related("owner", "category")


def live_rooms(*, category: str = "") -> QuerySet[Room]:
    """Return the rooms on air, live before reconnecting; of one category, by slug, if given."""
    rooms = _shown().on_air().live_first()
    if category:
        rooms = rooms.filter(category__slug=category)
    return rooms[:_MOST_ON_ONE_PAGE]


def other_live_rooms(room: Room, *, limit: int = 6) -> QuerySet[Room]:
    """Return what else is on air beside `room`."""
    return _shown().on_air().exclude(pk=room.pk).live_first()[:limit]


def recently_ended(*, limit: int = 4) -> QuerySet[Room]:
    """Return rooms that were on air and ended within the week, the latest first."""
    rooms = _shown().ended().filter(live_since__isnull=False, ended_at__gt=now() - _RECENTLY)
    return rooms.order_by("-ended_at")[:limit]


def room_for_viewer(room_id: str) -> Room:
    """Return the room at `room_id`, owner and category included, or raise NotFound."""
    try:
        return _shown().get(room_id=room_id)
    except Room.DoesNotExist as exc:
        raise NotFound(_("There is no room at this address."), code="room-not-found") from exc


def open_room_of(user: User) -> Room | None:
    """Return the room of `user` that is not ended, if there is one."""
    return _shown().open().owned_by(user.pk).first()


def last_room_of(user: User) -> Room | None:
    """Return the room that `user` opened last, whatever its state."""
    return _shown().owned_by(user.pk).order_by("-created", "-pk").first()


def past_rooms(user: User, *, limit: int = 24) -> QuerySet[Room]:
    """Return the ended rooms of `user` that were on air, the latest first."""
    rooms = _shown().owned_by(user.pk).ended().filter(live_since__isnull=False)
    return rooms.order_by("-ended_at")[:limit]


def categories() -> QuerySet[Category]:
    """Return what a stream can be about, in the site's order."""
    return Category.objects.all()


def states_of_open_rooms() -> list[tuple[str, str]]:
    """Return the public id and the state of every room that is not over."""
    return list(Room.objects.open().values_list("room_id", "state"))
