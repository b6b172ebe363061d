"""Pages of the project itself: home, and what is shown when something went wrong."""

from __future__ import annotations

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rooms import selectors
from rooms.listing import VIEWERS, Wanted, find
from rooms.models import Room
from rooms.search import LONGEST_QUERY
from rooms.viewer_board import viewer_counts
from streair import browsing
from streair.core.brand import last_known
from streair.core.errors import Broken, Malformed, NotAllowed, NotFound, StreAirError, Unavailable
from streair.core.pages import error_response, wants_json
from streair.core.preferences import prefers_english, remember_language, theme_of_browser
from streair.core.redirects import in_language
from streair.core.requests import request_id
from streair.core.texts import tag_of

# Cards on the home page; the rest is one step away.
_ON_HOME = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show who is live; take readers of English to their page when they come to "/"."""
    if get_language() == "vi" and prefers_english(request):
        response: HttpResponse = HttpResponseRedirect(in_language(request.get_full_path(), "en"))
        remember_language(response, "en")
    else:
        category = request.GET.get("category", "")
        tag = tag_of(request.GET.get("tag", ""))
        query = request.GET.get("q", "")[:LONGEST_QUERY].strip()
        if query or tag or selectors.has_category(category):
            return HttpResponseRedirect(browsing.address_of(query, category, tag))
        response = render(request, "home.html", _home_page(request))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _home_page(request: HttpRequest) -> dict[str, object]:
    found = find(Wanted(live=True, sort=VIEWERS, limit=_ON_HOME + 1))
    # The stage is for what everybody may see, moving.
    fit = (room for room in found.rooms if room.is_live and not room.is_mature)
    featured = selectors.featured_room() or next(fit, None)
    followed: list[Room] = []
    if request.user.is_authenticated:
        followed = list(selectors.live_rooms_of_followed(request.user))
    rest = [room for room in found.rooms if room != featured and room not in followed]
    shown = [*rest, *followed, *([featured] if featured else [])]
    return {
        "featured": featured,
        "rooms": rest[:_ON_HOME],
        "followed": followed,
        "viewers": viewer_counts(room.room_id for room in shown),
        "past": selectors.recently_ended(),
        "categories": selectors.categories_with_figures(),
    }


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature.
    """Answer a form whose token did not match: most often the page stood open for too long."""
    error = NotAllowed(
        _("This page stood open for too long. Go back, reload it and try again."),
        code="csrf-failed",
    )
    return error_response(request, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer what Django itself refused. The host may be wrong, so the page asks for nothing."""
    if wants_json(request):
        return error_response(request, Malformed(_("This could not be understood.")))
    return _alone(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer Django's own refusals like ours."""
    return error_response(request, NotAllowed(_("You may not open this page.")))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer an address that leads nowhere."""
    return error_response(request, NotFound(_("There is no page at this address.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own mistakes, and that the database is away: the page asks for nothing."""
    error: StreAirError = Broken(_("Something went wrong on our side."))
    # Django calls this while it handles what went wrong.
    if isinstance(sys.exception(), DatabaseError):
        error = Unavailable(_("That did not work right now. Please try again in a moment."))
    return bare_answer(request, error)


def bare_answer(request: HttpRequest, error: StreAirError) -> HttpResponse:
    """Answer with no more than there is when nothing works."""
    response: HttpResponse
    if wants_json(request):
        body = {**error.as_dict(), "requestId": request_id()}
        response = JsonResponse(body, status=error.status)
    else:
        template = "503.html" if error.status == 503 else "500.html"
        response = _alone(request, template, error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _alone(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Return a page that asks neither the database nor who reads it."""
    shown = {"brand": last_known(), "chosen_theme": theme_of_browser(request), "status": status}
    return HttpResponse(render_to_string(template, shown), status=status)
