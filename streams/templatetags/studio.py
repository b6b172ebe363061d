"""How the studio writes what the relay measured; js/pages/studio.js writes it the same way."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language

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
