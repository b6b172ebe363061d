"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from chat import selectors
from rooms.models import Room

register = template.Library()

# Named to the browser at once; else it finds them one level of imports after the other.
CHAT_MODULES = (
    "js/chat/banner.js",
    "js/chat/card.js",
    "js/chat/commands.js",
    "js/chat/composer.js",
    "js/chat/conversation.js",
    "js/chat/countdown.js",
    "js/chat/emoji-picker.js",
    "js/chat/emoji.js",
    "js/chat/entry.js",
    "js/chat/held.js",
    "js/chat/log.js",
    "js/chat/message.js",
    "js/chat/modes.js",
    "js/chat/panel.js",
    "js/chat/settings.js",
    "js/chat/text.js",
    "js/chat/words.js",
)


@register.inclusion_tag("chat/_panel.html", takes_context=True)
def chat_panel(context: Context, room: Room) -> dict[str, Any]:
    """Draw the chat of `room`; js/chat/panel.js brings it to life."""
    request = context["request"]
    user = request.user
    return {
        "room": room,
        "request": request,
        "user": user,
        "modules": CHAT_MODULES,
        "facts": _facts(room, user) if user.is_authenticated else None,
    }


def _facts(room: Room, user: User) -> dict[str, Any]:
    """Return what modes may ask about the reader (js/chat/entry.js)."""
    return {
        "owner": room.owner.username,
        "followed": selectors.followed_since(room.owner_id, user.pk),
        "joined": user.date_joined,
        "verified": user.email_verified,
    }
