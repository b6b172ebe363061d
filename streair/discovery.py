"""What search engines are told: which pages there are, and which they should leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_of
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_page
from django.views.decorators.http import require_safe

from accounts.models import User
from rooms import selectors
from rooms.models import Room
from streair.core.site import absolute

# Programs' addresses, and pages that are different for everybody.
_NOT_FOR_ROBOTS = (
    "/admin/",
    "/api/",
    "/health",
    "/hooks/",
    "/i18n/",
    "/ingest/",
    "/metrics",
    "/ws/",
)
_PAGES_NOT_FOR_ROBOTS = ("account/", "embed/", "search/", "sign-in/", "sign-up/", "studio/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what crawlers may read."""
    pages = [f"{start}{page}" for page in _PAGES_NOT_FOR_ROBOTS for start in ("/", "/en/")]
    lines = ["User-agent: *"]
    lines += [f"Disallow: {path}" for path in (*_NOT_FOR_ROBOTS, *pages)]
    lines += ["", f"Sitemap: {absolute(request, reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


class _InBothLanguages:
    i18n = True
    alternates = True
    x_default = True


class _Pages(_InBothLanguages, Sitemap):  # type: ignore[type-arg]
    changefreq = "always"

    def items(self) -> Iterable[str]:
        return ["home", "live"]

    def location(self, item: str) -> str:
        return reverse(item)


class _Channels(_InBothLanguages, Sitemap):  # type: ignore[type-arg]
    changefreq = "daily"

    def items(self) -> QuerySet[User]:
        return selectors.streamers_for_everybody()

    def location(self, item: User) -> str:
        return reverse("rooms:channel", args=[item.username])


class _Rooms(_InBothLanguages, Sitemap):  # type: ignore[type-arg]
    def items(self) -> QuerySet[Room]:
        return selectors.rooms_for_everybody()

    def location(self, item: Room) -> str:
        return reverse("rooms:watch", args=[item.room_id])

    def lastmod(self, item: Room) -> datetime | None:
        return item.ended_at or item.live_since


@require_safe
@cache_page(60, cache="pages")
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """List the pages that everybody may come across: the latest thousand of each kind, twice."""
    return sitemap_of(request, {"pages": _Pages, "channels": _Channels, "rooms": _Rooms})
