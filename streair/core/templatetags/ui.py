"""Components that every app's pages use: icons, fields, avatars, the reader's theme and languages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.timezone import now
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from streair.core import numbers
from streair.core.preferences import theme_of
from streair.core.redirects import in_language
from streair.core.site import absolute

register = template.Library()
register.filter(numbers.grouped)
register.filter(numbers.viewers_in_words)
register.filter(numbers.followers_in_words)

# As many as tokens.css has `[data-hue]` rules.
_HUES = 12
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Twin:
    """The page that is shown, in one of the languages."""

    language: str
    name: str
    path: str
    url: str
    is_current: bool


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return the icon `name` of static/icons.svg; silent to screen readers unless it has a label."""
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return what goes into <html data-theme>."""
    return theme_of(context["request"])


@register.simple_tag(takes_context=True)
def twins(context: Context) -> list[Twin]:
    """Return this page in every language, the current one included."""
    request = context["request"]
    here = request.get_full_path()
    current = context["LANGUAGE_CODE"]
    found = []
    for code, _name in settings.LANGUAGES:
        path = in_language(here, code)
        name = str(get_language_info(code)["name_local"])
        url = absolute(request, path)
        found.append(Twin(code, name, path, url, code == current))
    return found


@register.filter
def hue(text: str) -> int:
    """Return the hue (0-11) in which somebody or something is always drawn."""
    return crc32(str(text).encode()) % _HUES


@register.filter
def initial(name: str) -> str:
    """Return the first letter of a name, marks included, in upper case."""
    composed = unicodedata.normalize("NFC", name.strip())
    return composed[:1].upper()


@register.filter
def since(moment: datetime) -> str:
    """Return how long it has been since `moment`, in its largest unit alone."""
    if now() - moment < _MINUTE:
        return _("less than a minute")
    return timesince(moment, depth=1)


@register.filter
def ago(moment: datetime) -> str:
    """Return how long ago `moment` was: "just now", "3 minutes ago"."""
    if now() - moment < _MINUTE:
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, icon: str = "") -> dict[str, Any]:
    """Draw a form field: label, control, help and errors, tied together for screen readers."""
    return {"field": bound, "icon": icon}


@register.inclusion_tag("components/avatar.html")
def avatar(person: Any, size: str = "medium") -> dict[str, str]:
    """Show somebody's picture, or draw one; size: small, medium, large."""
    return {"name": person.shown_name, "url": person.avatar_url, "size": size}


@register.inclusion_tag("components/pagination.html")
def pagination(leaf: Page[Any], url: str) -> dict[str, Any]:
    """Lead through the leaves of a long list; `url` is what a number is added to, like "?page="."""
    around = leaf.paginator.get_elided_page_range(leaf.number, on_each_side=1, on_ends=1)
    return {"leaf": leaf, "around": around, "url": url}
