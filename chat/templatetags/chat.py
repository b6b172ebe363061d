"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from rooms.models import Room

register = template.Library()


@register.inclusion_tag("chat/_panel.html", takes_context=True)
def chat_panel(context: Context, room: Room) -> dict[str, Any]:
    """Draw the chat of `room`; js/chat/panel.js brings it to life."""
    request = context["request"]
    return {"room": room, "request": request, "user": request.user}
