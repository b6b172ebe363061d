"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

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
    "js/chat/log.js",
    "js/chat/message.js",
    "js/chat/panel.js",
    "js/chat/settings.js",
    "js/chat/text.js",
)


@register.inclusion_tag("chat/_panel.html", takes_context=True)
def chat_panel(context: Context, room: Room) -> dict[str, Any]:
    """Draw the chat of `room`; js/chat/panel.js brings it to life."""
    request = context["request"]
    return {"room": room, "request": request, "user": request.user, "modules": CHAT_MODULES}
