"""Changing what is said, and who may say something."""

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
from chat.services.writing import Draft, Written, write

__all__ = [
    "Draft",
    "Modes",
    "RightsChanged",
    "Written",
    "appoint",
    "ban",
    "change_modes",
    "clear_chat",
    "delete_message",
    "dismiss",
    "forget_overlay",
    "forgive",
    "overlay_secret",
    "panic",
    "renew_overlay",
    "send_message",
    "time_out",
    "write",
]
