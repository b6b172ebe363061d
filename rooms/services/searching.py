"""Keeping rooms to be found by what they, their owners and their categories are called now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from rooms import live_rooms
from rooms.models import Category, Room
from rooms.search import search_key_of

_AT_ONCE = 500


def refresh_search_of_owner(user: User) -> None:
    """Call it in the transaction that changes the user's name or shown name."""
    _refresh(Room.objects.owned_by(user.pk).values_list("pk", flat=True))


def refresh_search_of_category(category: Category) -> None:
    """Call it in the transaction that changes the category's names."""
    _refresh(Room.objects.filter(category=category).values_list("pk", flat=True))


@transaction.atomic
def _refresh(found: Iterable[int]) -> None:
    keys = list(found)
    for start in range(0, len(keys), _AT_ONCE):
        rooms = Room.objects.filter(pk__in=keys[start : start + _AT_ONCE])
        changed = []
        for room in rooms.select_related("owner", "category").select_for_update(of=("self",)):
            room.search_key = search_key_of(room)
            changed.append(room)
        Room.objects.bulk_update(changed, ["search_key"])
    live_rooms.changed()
