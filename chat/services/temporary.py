"""Modes that hold for a while and end by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chat.models import Action, Chat, Deed
from chat.services.notices import publish_modes
from chat.services.writing import locked_chat

SHORTEST_SECONDS, LONGEST_SECONDS = 60, 24 * 3600
_AT_ONCE = 100


def mark(
    chat: Chat,
    names: Iterable[str],
    *,
    before: Mapping[str, Any],
    seconds: int | None,
    at: datetime,
) -> None:
    """Let these modes, which were set just now, end after so many seconds; or no longer by themselves."""
    temporary = dict(chat.temporary or {})
    calm = {**before, **(chat.before_panic or {})}  # What panic set does not come back.
    for name in names:
        earlier = temporary.pop(name, None)
        value = earlier["value"] if earlier else calm[name]
        if seconds and value != getattr(chat, name):
            until = (at + timedelta(seconds=seconds)).isoformat()
            temporary[name] = {"until": until, "value": value}
    _keep(chat, temporary)


def end_temporary(*, at: datetime) -> int:
    """End what has held for its time; return in how many chats."""
    due = Chat.objects.filter(temporary_until__lte=at).values_list("room__room_id", flat=True)
    return sum(_end(room_id, at) for room_id in due[:_AT_ONCE])


@transaction.atomic
def _end(room_id: str, at: datetime) -> bool:
    chat = locked_chat(room_id)
    temporary = dict(chat.temporary or {})
    over = {
        name: temporary.pop(name)["value"]
        for name, each in list(temporary.items())
        if datetime.fromisoformat(each["until"]) <= at
    }
    before = {name: getattr(chat, name) for name in over}
    for name, value in over.items():
        if chat.before_panic is None:
            setattr(chat, name, value)
        else:  # Panic holds; it is the calm after it that changes.
            chat.before_panic[name] = value
    _keep(chat, temporary)
    chat.save(update_fields=[*over, "before_panic", "temporary", "temporary_until"])
    if not over:
        return False
    Deed.objects.create(
        owner_id=chat.room.owner_id,
        room=chat.room,
        actor=None,
        action=Action.CHANGED_MODES,
        details={"before": before, "after": over},
    )
    publish_modes(chat)
    return True


def _keep(chat: Chat, temporary: dict[str, Any]) -> None:
    chat.temporary = temporary or None
    times = [datetime.fromisoformat(each["until"]) for each in temporary.values()]
    chat.temporary_until = min(times, default=None)
