"""Who may do what to a room."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from rooms.locks import Pass, fits
from rooms.models import EndReason, Room
from rooms.moderators import is_moderator


def is_owner(user: User | AnonymousUser, room: Room) -> bool:
    """Whether the room is theirs."""
    return user.is_authenticated and user.is_active and user.pk == room.owner_id


def can_edit(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they may change what the room says about itself."""
    return is_owner(user, room)


def can_see_audience(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they may know how many people watched it: its owner, and who runs the site."""
    return is_owner(user, room) or (user.is_active and user.is_staff)


def can_moderate(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they keep order in it: the streamer's moderators, and who runs the site."""
    if user.pk is None or not user.is_active:
        return False
    return user.is_staff or is_moderator(room.owner_id, user.pk)


def can_end(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they may end it."""
    return is_owner(user, room) or can_moderate(user, room)


def end_reason(user: User | AnonymousUser, room: Room) -> EndReason:
    """Return as what they end it, if they may."""
    if is_owner(user, room):
        return EndReason.OWNER
    return EndReason.ADMIN if user.is_staff else EndReason.MODERATOR


def enters_without_password(user: User | AnonymousUser, room: Room) -> bool:
    """Whether they get a ticket for the asking."""
    return is_owner(user, room) or can_moderate(user, room)


def pass_for(room: Room, user_id: int | None, tickets: Iterable[str]) -> Pass | None:
    """Return by what right somebody enters the room, or None when they may not."""
    lock = room.lock
    if not lock or any(fits(ticket, lock) for ticket in tickets):
        return Pass(user_id, lock)
    return Pass(user_id) if user_id is not None and user_id == room.owner_id else None


def may_stay(held: Pass, *, owner_id: int, lock: str) -> bool:
    """Whether whoever entered with `held` may stay, now that the lock is this one."""
    return not lock or held.lock == lock or held.user_id == owner_id
