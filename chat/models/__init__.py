"""What people say in a room, who may say it, and what is kept out."""

from chat.models.keeping import (
    Action,
    Deed,
    Moderator,
    Restriction,
    RestrictionQuerySet,
    Scope,
)
from chat.models.messages import Chat, Message, MessageQuerySet, MessageState, Role
from chat.models.overlays import OverlayLink
from chat.models.rules import Agreement, ChatRules
from chat.models.words import (
    HELD_FOR,
    FilteredWord,
    HeldMessage,
    HeldMessageQuerySet,
    HeldState,
    Seconds,
    Treatment,
    WordList,
)

__all__ = [
    "HELD_FOR",
    "Action",
    "Agreement",
    "Chat",
    "ChatRules",
    "Deed",
    "FilteredWord",
    "HeldMessage",
    "HeldMessageQuerySet",
    "HeldState",
    "Message",
    "MessageQuerySet",
    "MessageState",
    "Moderator",
    "OverlayLink",
    "Restriction",
    "RestrictionQuerySet",
    "Role",
    "Scope",
    "Seconds",
    "Treatment",
    "WordList",
]
