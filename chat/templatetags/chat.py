"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts.models import User
from chat import selectors
from chat.forms import OverlayForm, RulesForm
from chat.models import ChatRules
from rooms.models import Room

register = template.Library()


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
        "facts": _facts(room, user) if user.is_authenticated else None,
        "is_keeper": user.is_authenticated and _is_keeper(room, user),
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


def _is_keeper(room: Room, user: User) -> bool:
    standing = selectors.standings(room.owner_id, [user.pk]).get(user.pk)
    return standing is not None and standing.can_moderate


@register.inclusion_tag("chat/_rules_panel.html", takes_context=True)
def chat_rules(context: Context, room: Room | None) -> dict[str, Any]:
    """Draw what a streamer asks of those who write, for the studio."""
    rules = ChatRules.objects.filter(owner=context["request"].user).first()
    form = RulesForm(initial={"text": rules.text if rules else ""}, auto_id="rules-%s")
    return {"form": form, "room": room, "csrf_token": context["csrf_token"]}


@register.inclusion_tag("chat/_overlay_panel.html", takes_context=True)
def chat_overlay(context: Context) -> dict[str, Any]:
    """Draw what a streamer makes the link of their overlay with, for the studio."""
    return {"form": OverlayForm(auto_id="overlay-%s"), "csrf_token": context["csrf_token"]}
