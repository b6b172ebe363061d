"""Who may do what in a chat: pure predicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from chat.models import Role, Scope


@dataclass(frozen=True, slots=True)
class Bar:
    """What keeps somebody from writing (or watching), until when and why. None: for good."""

    scope: Scope
    until: datetime | None
    reason: str

    def as_dict(self) -> dict[str, str | None]:
        """Return what pages are told of it."""
        return {"until": self.until.isoformat() if self.until else None, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is in a room, and what keeps them from taking part."""

    user_id: int
    username: str
    display_name: str
    role: Role
    is_active: bool = True
    bars: tuple[Bar, ...] = ()

    @property
    def shown_name(self) -> str:
        """The name that others read."""
        return self.display_name or self.username

    @property
    def can_moderate(self) -> bool:
        """Whether they keep order here."""
        return self.is_active and self.role.rank >= Role.MODERATOR.rank

    @property
    def bar(self) -> Bar | None:
        """The bar that lasts longest, if there is one. Nobody bars those who keep order."""
        if self.can_moderate or not self.bars:
            return None
        return max(self.bars, key=lambda bar: bar.until.timestamp() if bar.until else math.inf)

    @property
    def is_shut_out(self) -> bool:
        """Whether they may not even watch."""
        return not self.can_moderate and any(bar.scope == Scope.ROOM for bar in self.bars)

    def outranks(self, other: Standing) -> bool:
        """Whether they may act on `other`: nobody does on an equal or higher."""
        return self.can_moderate and self.role.rank > other.role.rank


def can_appoint(standing: Standing) -> bool:
    """Whether they may make others moderators."""
    return standing.is_active and standing.role.rank >= Role.OWNER.rank
