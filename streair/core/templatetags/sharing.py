"""What a page says about itself to those who pass it on: chats, other sites, search engines."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from streair.core.brand import brand
from streair.core.site import absolute

register = template.Library()

_LOCALES = {"vi": "vi_VN", "en": "en_US"}
# Inside a <script> only these could end it, or begin a comment that hides its end.
_HTML = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("components/sharing.html", takes_context=True)
def sharing(
    context: Context,
    title: str,
    text: str,
    *,
    kind: str = "website",
    image: str = "",
    video: str = "",
) -> dict[str, Any]:
    """Draw the page's card for OpenGraph and Twitter.

    `image` is the path of a picture of 1280 × 720, by default the site's own; `video` that of a page that
    is only a player.
    """
    request = context["request"]
    language = context["LANGUAGE_CODE"]
    site = brand()
    return {
        "title": title,
        "text": text,
        "kind": kind,
        "url": absolute(request, request.path),
        "image": absolute(request, image or site.share_url),
        "is_own_image": bool(image),
        "is_wide": bool(image) or site.share_is_wide,
        "video": absolute(request, video) if video else "",
        "locale": _LOCALES[language],
        "other_locales": [_LOCALES[code] for code, _name in settings.LANGUAGES if code != language],
    }


@register.simple_tag(takes_context=True)
def canonical(context: Context) -> str:
    """Return this page's one address: the page of a list counts, what was asked for else does not."""
    request = context["request"]
    page = request.GET.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdigit() and page != "1" else ""
    return absolute(request, f"{request.path}{query}")


@register.simple_tag(takes_context=True)
def whole_url(context: Context, path: str) -> str:
    """Return `path` with the site in front."""
    return absolute(context["request"], path)


@register.simple_tag
def linked_data(data: dict[str, Any]) -> SafeString:
    """Return `data` for search engines (JSON-LD). It is no script: the policy has nothing against it."""
    text = json.dumps(data, ensure_ascii=False).translate(_HTML)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
