"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from chat import selectors
from chat.forms import OverlayForm
from rooms.models import Room

register = template.Library()

# Named to the browser at once; else it finds them one level of imports after the other.
CHAT_MODULES = (
    "js/chat/attention.js",
    "js/chat/banner.js",
    "js/chat/card.js",
    "js/chat/comforts.js",
    "js/chat/commands.js",
    "js/chat/completion.js",
    "js/chat/composer.js",
    "js/chat/conversation.js",
    "js/chat/countdown.js",
    "js/chat/display.js",
    "js/chat/emoji-picker.js",
    "js/chat/emoji.js",
    "js/chat/entry.js",
    "js/chat/held.js",
    "js/chat/join.js",
    "js/chat/keyboard.js",
    "js/chat/log.js",
    "js/chat/message.js",
    "js/chat/modes.js",
    "js/chat/mute.js",
    "js/chat/panel.js",
    "js/chat/pop-out.js",
    "js/chat/preferences.js",
    "js/chat/settings.js",
    "js/chat/suggestions.js",
    "js/chat/text.js",
    "js/chat/unread.js",
    "js/chat/words.js",
)


@register.inclusion_tag("chat/_panel.html", takes_context=True)
def chat_panel(context: Context, room: Room, *, alone: bool = False) -> dict[str, Any]:
    """Draw the chat of `room`; js/chat/panel.js brings it to life.

    `alone`: in a window of its own already.
    """
    request = context["request"]
    user = request.user
    return {
        "room": room,
        "request": request,
        "user": user,
        "modules": CHAT_MODULES,
        "facts": _facts(room, user) if user.is_authenticated else None,
        "alone": alone,
    }


def _facts(room: Room, user: User) -> dict[str, Any]:
    """Return what modes may ask about the reader (js/chat/entry.js)."""
    return {
        "owner": room.owner.username,
        "followed": selectors.followed_since(room.owner_id, user.pk),
        "joined": user.date_joined,
        "verified": user.email_verified,
    }


@register.inclusion_tag("chat/_overlay_panel.html", takes_context=True)
def chat_overlay(context: Context) -> dict[str, Any]:
    """Draw what a streamer makes the link of their overlay with, for the studio."""
    return {"form": OverlayForm(auto_id="overlay-%s"), "csrf_token": context["csrf_token"]}
