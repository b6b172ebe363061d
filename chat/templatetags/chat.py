"""The chat on a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from chat import selectors
from chat.forms import OverlayForm, RulesForm
from chat.models import ChatRules
from rooms.models import Room

register = template.Library()

_OFF = _("Off")
_MINUTES = _("{count} min")
_AGES = [
    ("10", _("10 minutes or longer")),
    ("60", _("1 hour or longer")),
    ("1440", _("1 day or longer")),
    ("10080", _("7 days or longer")),
]
_SLOW = [
    ("0", _OFF),
    ("5", _("5 seconds")),
    ("10", _("10 seconds")),
    ("30", _("30 seconds")),
    ("60", _("1 minute")),
    ("120", _("2 minutes")),
    ("300", _("5 minutes")),
]
_FOLLOWERS = [("off", _OFF), ("0", _("All followers")), *_AGES]
_ACCOUNT_AGES = [("0", pgettext_lazy("age", "Any")), *_AGES]
_FOR = [
    ("", _("Until it is changed")),
    ("300", _("For 5 minutes")),
    ("600", _("For 10 minutes")),
    ("1800", _("For 30 minutes")),
    ("3600", _("For an hour")),
]
# What whoever keeps order may choose (js/chat/settings.js): id, label, how other values are written, choices.
_SETTINGS = {
    "slowSeconds": ("chat-slow", _("Slow mode"), _("{count} s"), _SLOW),
    "followers": ("chat-followers", _("Followers only"), _MINUTES, _FOLLOWERS),
    "accountAgeMinutes": ("chat-account-age", _("Age of the account"), _MINUTES, _ACCOUNT_AGES),
    "forSeconds": ("chat-for", _("What I change now holds"), "", _FOR),
}


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


@register.inclusion_tag("chat/_setting.html")
def chat_setting(name: str) -> dict[str, Any]:
    """Draw what a mode of the chat may be set to."""
    id_, label, other, choices = _SETTINGS[name]
    return {"name": name, "id": id_, "label": label, "other": other, "choices": choices}


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
