"""Components that are about people and the reader."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts import selectors
from accounts.models import User

register = template.Library()


@register.inclusion_tag("accounts/_follow.html", takes_context=True)
def follow_button(context: Context, person: User) -> dict[str, Any]:
    """Let the reader follow `person`, or no longer; nobody follows themselves."""
    request = context["request"]
    reader = request.user
    return {
        "person": person,
        "request": request,
        "is_self": reader == person,
        "is_signed_in": reader.is_authenticated,
        "is_following": reader.is_authenticated and selectors.is_following(reader, person),
        "followers": selectors.follower_count(person),
        "csrf_token": context.get("csrf_token"),
    }
