"""How the studio writes what the relay measured; js/pages/studio.js writes it the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rooms.models import EndReason, Room
from streams import plots

register = template.Library()

NOTHING = "–"


@register.filter
def for_reader(texts: dict[str, str]) -> str:
    """Return the text in the reader's language."""
    return texts.get(get_language() or settings.LANGUAGE_CODE, texts[settings.LANGUAGE_CODE])


@register.filter
def figure(value: float | None) -> str:
    """Return a measured number with at most one decimal, or a dash while there is none."""
    if not value:
        return NOTHING
    rounded = round(float(value), 1)
    return str(number_format(rounded, decimal_pos=0 if rounded.is_integer() else 1))


@register.filter
def size_figure(health: dict[str, Any]) -> str:
    """Return the picture's size."""
    if not health["width"] or not health["height"]:
        return NOTHING
    return f"{health['width']}×{health['height']}"


@register.filter
def bitrate_figure(health: dict[str, Any]) -> str:
    """Return the bitrate as measured on the stream, else as the sidecar counts it."""
    return figure(health["bitrateKbps"] or health["videoKbps"] + health["audioKbps"])


@register.filter
def count_figure(value: float | None) -> str:
    """Return a number of a plot: a zero is one, too."""
    return NOTHING if value is None else "0" if not value else figure(value)


@register.filter
def air_time(room: Room) -> str:
    """Return how long an ended room was on air."""
    return timesince(room.live_since, room.ended_at, depth=2) if room.live_since else NOTHING


@register.filter
def ended_because(room: Room) -> str:
    """Return why `room` ended, as its streamer is told."""
    if room.end_reason == EndReason.OWNER:
        return _("You ended it.")
    return str(room.get_end_reason_display())


@register.inclusion_tag("streams/_plot.html")
def plot(
    plot: plots.Plot,
    title: str,
    *,
    unit: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    is_over: bool = False,
) -> dict[str, Any]:
    """Draw a line; without `start` it is that of the last ten minutes."""
    size = {"width": plots.WIDTH, "height": plots.HEIGHT}
    times = {"start": start, "end": end, "is_over": is_over}
    return {"plot": plot, "title": title, "unit": unit, **times, **size}
