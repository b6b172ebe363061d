"""Who may do what to a room: pure predicates."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from rooms.models import Room


def is_owner(user: User | AnonymousUser, room: Room) -> bool:
    """Whether the room is theirs."""
    return user.is_authenticated and user.is_active and user.pk == room.owner_id


def can_edit(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they may change what the room says about itself."""
    return is_owner(user, room)


def can_end(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they may end it: its owner, and who runs the site."""
    return is_owner(user, room) or (user.is_active and user.is_staff)
