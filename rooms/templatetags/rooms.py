"""Components that show a room: its card, its badge, its drawn cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import pgettext_lazy

from rooms import selectors
from rooms.models import Category, Room, RoomState

register = template.Library()

# The picture on a drawn cover, by the category's slug; sites may have categories of their own.
_ICONS = {
    "gaming": "gamepad-2",
    "music": "music",
    "talk": "mic",
    "study": "book-open",
    "creative": "palette",
    "sports": "trophy",
    "technology": "cpu",
    "other": "sparkles",
}

# More are on the page of their own.
_ON_RAIL = 30

# Short enough for a badge.
_STATES = {
    RoomState.WAITING: pgettext_lazy("badge", "Waiting"),
    RoomState.LIVE: pgettext_lazy("badge", "Live"),
    RoomState.RECONNECTING: pgettext_lazy("badge", "Reconnecting"),
    RoomState.ENDED: pgettext_lazy("badge", "Ended"),
}


@register.filter
def state_name(state: str) -> str:
    """Return what a badge says for a room's state."""
    return str(_STATES[RoomState(state)])


@register.filter
def category_icon(category: Category | None) -> str:
    """Return the name of the icon that stands for a category."""
    return _ICONS.get(category.slug, "shapes") if category else "radio"


@register.inclusion_tag("components/room_card.html")
def room_card(room: Room, viewers: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Draw a link to `room`: cover, state, title, streamer; `viewers` are counts by room id."""
    count = None
    if viewers is not None and not room.hides_viewers:
        count = viewers.get(room.room_id, 0)
    return {"room": room, "viewers": count}


@register.inclusion_tag("components/room_cover.html")
def room_cover(room: Room, *, large: bool = False) -> dict[str, Any]:
    """Show the room's last picture, on a drawn cover that stands alone while there is none."""
    picture = room.large_picture if large else room.card_picture
    return {"room": room, "picture": picture, "large": large}


@register.inclusion_tag("components/category_card.html")
def category_card(category: Category) -> dict[str, Any]:
    """Draw a link to what is on in `category`, which knows how much that is (`live`)."""
    return {"category": category}


@register.inclusion_tag("components/live_badge.html")
def live_badge(room: Room) -> dict[str, Any]:
    """Draw the state of `room`; js/rooms keeps it current."""
    return {"room": room}


@register.inclusion_tag("components/copy_button.html")
def copy_button(field: str) -> dict[str, str]:
    """Draw a button that copies what is in the field with this id."""
    return {"field": field}


@register.inclusion_tag("components/rail.html", takes_context=True)
def followed_rail(context: Context) -> dict[str, Any]:
    """Draw whom the reader follows, beside the page; js/rooms/rail.js keeps it current."""
    reader = context["request"].user if "request" in context else None
    if reader is None or not reader.is_authenticated:
        return {"channels": []}
    channels = selectors.followed_channels(reader)
    names = [each.person.username for each in channels]
    return {
        "channels": channels[:_ON_RAIL],
        # Who follows more than that is told of everybody.
        "names": "*" if len(names) == selectors.MOST_FOLLOWED else " ".join(names),
    }
