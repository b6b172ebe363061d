"""What people may do in a room's chat: looked up for a whole crowd at once, told when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from django.utils.translation import gettext as _

from chat.joining import ChatState, chat_with
from chat.permissions import Standing
from streair.core.errors import NotFound
from streair.core.realtime.gathered import Gathered
from streair.core.realtime.per_loop import per_loop

_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody (or nobody we know) in a room."""

    room_id: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What holds for everybody in a chat, and what somebody is in it."""

    modes: dict[str, Any]
    standing: Standing | None
    # For the page of this very person: their messages that wait, and the rules that they have to agree to.
    held: list[dict[str, Any]] = field(default_factory=list)
    rules: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what a page is told of its own reader."""
        standing = self.standing
        bar = standing.bar if standing else None
        return {
            "userId": standing.user_id if standing else None,
            "username": standing.username if standing else "",
            "displayName": standing.shown_name if standing else "",
            "role": standing.role if standing else "",
            "canModerate": standing is not None and standing.can_moderate,
            "barred": bar.as_dict() if bar else None,
        }


def _look(asked: Sequence[Asked]) -> list[Rights | Exception]:
    rooms: dict[str, set[int]] = {}
    for each in asked:
        people = rooms.setdefault(each.room_id, set())
        if each.user_id is not None:
            people.add(each.user_id)
    found = {room_id: chat_with(room_id, people) for room_id, people in rooms.items()}
    return [_rights(each, found[each.room_id]) for each in asked]


def _rights(asked: Asked, chat: ChatState | None) -> Rights | Exception:
    if chat is None:
        return NotFound(_("There is no room at this address."), code="room-not-found")
    user_id = asked.user_id
    standing = chat.people.get(user_id or 0)
    return Rights(chat.modes, standing, chat.held_of(user_id), chat.rules_for(user_id))


def _registry() -> Gathered[Asked, Rights]:
    look = database_sync_to_async(_look, thread_sensitive=False)
    return Gathered[Asked, Rights](look, most=_MOST_AT_ONCE)


current_registry = per_loop(_registry)


async def look_up(room_id: str, user_id: int | None) -> Rights:
    """Return what `user_id` may do in this room, or raise NotFound."""
    return await current_registry().do(Asked(room_id, user_id))
