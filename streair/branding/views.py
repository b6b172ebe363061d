"""Terms, rules, manifest, and the site's own color."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from streair.core.brand import MARK_SIZES, Brand, brand, in_language

_HEADING = re.compile(r"#+\s*(.+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, or a paragraph, of a text that the keepers wrote."""

    text: str
    is_heading: bool


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Show the terms: the keepers' own, or ours."""
    return _text_page(request, "site/terms.html", brand().terms)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show the community rules: the keepers' own, or ours."""
    return _text_page(request, "site/rules.html", brand().rules)


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def style(_request: HttpRequest, version: str) -> HttpResponse:
    """Return the style sheet of the site's own color. Its address changes with it."""
    shown = brand()
    if version != shown.style_version:
        raise Http404
    return HttpResponse(shown.style(), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(_request: HttpRequest) -> HttpResponse:
    """Return what a home screen shows of the site, in the language of the address."""
    shown = brand()
    found = {
        "name": shown.name,
        "short_name": shown.name[:12].strip(),
        "description": _("Live streaming with about one second of delay."),
        "lang": get_language(),
        "id": "/",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#0b0e14",
        "theme_color": "#0b0e14",
        "icons": _icons(shown),
    }
    return JsonResponse(found, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead programs that guess the address to the picture."""
    shown = brand()
    return HttpResponseRedirect(shown.mark_url() if shown.mark else static("img/favicon.ico"))


def _text_page(request: HttpRequest, template: str, texts: dict[str, str]) -> HttpResponse:
    page = {"own": _blocks(in_language(texts)), "changed": brand().changed}
    return render(request, template, page)


def _blocks(text: str) -> list[Block]:
    """Return the headings (lines that begin with #) and paragraphs (what empty lines part) of a text."""
    found: list[Block] = []
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        heading = _HEADING.match(line)
        if lines and (heading or not line.strip()):
            found.append(Block("\n".join(lines), is_heading=False))
            lines = []
        if heading:
            found.append(Block(heading[1], is_heading=True))
        elif line.strip():
            lines.append(line)
    return found


def _icons(shown: Brand) -> list[dict[str, str]]:
    if shown.mark:
        return [
            {"src": shown.mark_url(size), "sizes": f"{size}x{size}", "type": "image/webp"}
            for size in MARK_SIZES[1:]
        ]
    pictures = [(size, "any") for size in ("192", "512")] + [("512", "maskable")]
    names = {"any": "icon", "maskable": "icon-maskable"}
    return [
        {
            "src": static(f"img/{names[purpose]}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in pictures
    ]
