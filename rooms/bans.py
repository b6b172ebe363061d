"""Who is banned from a streamer's rooms. The app above that keeps the bans answers: see `finds_banned`."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rooms.models import Room
from streair.core.errors import NotAllowed

# A streamer's id, and somebody else's.
Pairs = AbstractSet[tuple[int, int]]
Finder = Callable[[Pairs], Pairs]

_finders: list[Finder] = []


def finds_banned(finder: Finder) -> None:
    """Let `finder` say which of these people are banned from these streamers' rooms. For AppConfig.ready."""
    _finders.append(finder)


def banned(pairs: Pairs) -> Pairs:
    """Return those of `pairs` in which the second is banned from the rooms of the first."""
    found: set[tuple[int, int]] = set()
    if pairs:
        for finder in _finders:
            found |= finder(pairs)
    return found


def check(room: Room, user_id: int | None) -> None:
    """Raise NotAllowed ("banned-from-room") when this person may not even watch. Strangers are not known."""
    if user_id is not None and banned({(room.owner_id, user_id)}):
        raise NotAllowed(_("You are banned from this room."), code="banned-from-room")


def check_following(follower: User, followed: User) -> None:
    """Raise NotAllowed ("banned-from-room") when one is banned from the rooms of the other."""
    if banned({(followed.pk, follower.pk)}):
        raise NotAllowed(_("You are banned from this streamer's rooms."), code="banned-from-room")
