"""What readers see while they have no network: a page, and the service worker that keeps it."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from streair.core.brand import brand


@require_safe
@cache_control(public=True, max_age=300)
def offline(_request: HttpRequest) -> HttpResponse:
    """Show the page by itself: the same for everybody, since it is kept for whoever uses the browser."""
    return HttpResponse(_page())


@require_safe
@cache_control(no_cache=True)
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Return the worker, which is another one as soon as one of its pages is."""
    pages, found = {}, hashlib.sha256()
    for language in ("vi", "en"):
        with override(language):
            pages[language] = reverse("branding:offline")
            found.update(_page().encode())
    shown = {"pages": pages, "version": found.hexdigest()[:12]}
    body = render_to_string("site/service-worker.js", shown)
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


def _page() -> str:
    return render_to_string("site/offline.html", {"brand": brand()})
