"""Changing what is said, and who may say something."""

from chat.services.filtering import Held
from chat.services.held import decide
from chat.services.held import drop as drop_held
from chat.services.messages import clear_chat, delete_message, send_message
from chat.services.moderation import (
    Modes,
    appoint,
    ban,
    change_modes,
    dismiss,
    forgive,
    panic,
    time_out,
)
from chat.services.notices import RightsChanged
from chat.services.overlays import forget_overlay, overlay_secret, renew_overlay
from chat.services.rules import agree, forget_rules, set_rules
from chat.services.temporary import end_temporary
from chat.services.words import add_word, remove_word, try_words
from chat.services.writing import Draft, Written, write

__all__ = [
    "Draft",
    "Held",
    "Modes",
    "RightsChanged",
    "Written",
    "add_word",
    "agree",
    "appoint",
    "ban",
    "change_modes",
    "clear_chat",
    "decide",
    "delete_message",
    "dismiss",
    "drop_held",
    "end_temporary",
    "forget_overlay",
    "forget_rules",
    "forgive",
    "overlay_secret",
    "panic",
    "remove_word",
    "renew_overlay",
    "send_message",
    "set_rules",
    "time_out",
    "try_words",
    "write",
]
