"""What holds in a chat for those who open it: looked up for a whole crowd at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from chat.models import Agreement, ChatRules, HeldMessage
from chat.permissions import Standing
from chat.selectors import modes_of, standings
from rooms.models import Room


@dataclass(frozen=True, slots=True)
class ChatState:
    """A room's modes, what people are in it, what they wait for, and what they are asked first."""

    modes: dict[str, Any]
    people: dict[int, Standing]
    # What nobody but its author may know: their messages that wait for a moderator.
    held: dict[int, list[HeldMessage]] = field(default_factory=dict)
    rules: ChatRules | None = None
    agreed: frozenset[int] = frozenset()

    def held_of(self, user_id: int | None) -> list[dict[str, Any]]:
        """Return what somebody said and nobody has seen yet, as their own pages are told it."""
        return [
            {"heldId": each.pk, "message": each.text, "timestamp": each.held.isoformat()}
            for each in self.held.get(user_id or 0, ())
        ]

    def rules_for(self, user_id: int | None) -> dict[str, Any] | None:
        """Return what somebody has to agree to before they write, or None when there is nothing (left)."""
        person = self.people.get(user_id or 0)
        if self.rules is None or person is None or person.can_moderate:
            return None
        if person.user_id in self.agreed:
            return None
        return {"text": self.rules.text, "edition": self.rules.edition}


def chat_with(room_id: str, user_ids: Collection[int]) -> ChatState | None:
    """Return how a room's chat is for these people, or None when there is no such room."""
    rooms = Room.objects.select_related("chat", "owner__chat_rules")
    room = rooms.filter(room_id=room_id).first()
    if room is None:
        return None
    modes = modes_of(getattr(room, "chat", None))
    if not user_ids:
        return ChatState(modes, {})
    held: dict[int, list[HeldMessage]] = {}
    waiting = HeldMessage.objects.waiting().within(room.pk).filter(author__in=user_ids)
    for each in waiting.order_by("pk"):
        held.setdefault(each.author_id, []).append(each)
    rules: ChatRules | None = getattr(room.owner, "chat_rules", None)
    rules = rules if rules is not None and rules.text else None
    agreed = frozenset(_agreed(rules, user_ids)) if rules else frozenset()
    return ChatState(modes, standings(room.owner_id, user_ids), held, rules, agreed)


def _agreed(rules: ChatRules, user_ids: Collection[int]) -> list[int]:
    rows = Agreement.objects.filter(rules=rules, edition=rules.edition, user__in=user_ids)
    return list(rows.values_list("user_id", flat=True))
