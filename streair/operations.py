"""How the site does: a page for its keepers, and short answers for programs that watch it."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from streair.core import health
from streair.core.build import commit
from streair.core.metrics.exposition import exposition
from streair.core.metrics.guard import holds_token, may_look
from streair.jobs import selectors

# About when this process was.
_STARTED = time.monotonic()


@never_cache
@require_safe
@admin.site.admin_view
def operations(request: HttpRequest) -> HttpResponse:
    """Show how every part does. A part that hangs is shown as dead within a second."""
    page = {
        **admin.site.each_context(request),
        "title": _("Operations"),
        "findings": health.findings(),
        "jobs": selectors.job_rows(),
        "version": settings.VERSION,
        "commit": commit(),
        "asked": now(),
    }
    return render(request, "admin/operations.html", page)


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Answer that this process answers; asks nothing of anybody."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 while pages can be served, else 503."""
    return _answer(request, health.findings(health.vital()))


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Answer how every part does; 503 when one does badly without which nothing can be served."""
    return _answer(request, health.findings())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer everything that Prometheus collects, to those who look after the site."""
    if not may_look(request):
        # Without saying how one gets in, or that there is something.
        return HttpResponse("Not for everybody.\n", status=403, content_type="text/plain")
    body, kind = exposition(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=kind)


def _answer(request: HttpRequest, found: list[health.Finding]) -> JsonResponse:
    # No numbers, no names: everybody may ask.
    parts = {one.part.name: "ok" if one.is_well else "down" for one in found}
    is_up = all(one.is_well for one in found if one.part.is_vital)
    body: dict[str, Any] = {"status": "ok" if is_up else "down", "parts": parts}
    if is_up and not all(one.is_well for one in found):
        body["status"] = "degraded"
    if holds_token(request):
        body |= _details(found)
    return JsonResponse(body, status=200 if is_up else 503)


def _details(found: list[health.Finding]) -> dict[str, Any]:
    """Return what those who look after the site hear on top of it."""
    details = {
        one.part.name: {
            "seconds": round(one.seconds, 3),
            "problem": str(one.problem),
            "facts": {str(name): str(value) for name, value in one.facts.items()},
        }
        for one in found
    }
    up_for = round(time.monotonic() - _STARTED)
    return {"version": settings.VERSION, "uptimeSeconds": up_for, "details": details}
