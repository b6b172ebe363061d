"""Components about people: the button by which somebody is followed."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from accounts import selectors
from accounts.models import User

register = template.Library()


@register.inclusion_tag("components/follow.html", takes_context=True)
def follow_button(context: Context, person: User) -> dict[str, Any]:
    """Let whoever reads follow `person`; strangers are led to the door. Nobody follows themselves."""
    request = context["request"]
    reader = request.user
    is_known = reader.is_authenticated
    return {
        "person": person,
        "is_self": is_known and reader.pk == person.pk,
        "is_known": is_known,
        "is_following": is_known and selectors.is_following(reader, person),
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/follower_count.html")
def follower_count(person: User) -> dict[str, int]:
    """Tell how many follow `person`; the button beside it keeps it current."""
    return {"followers": selectors.follower_count(person)}
