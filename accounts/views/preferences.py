"""What somebody chose for themselves: the theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts import services
from accounts.models import User
from streair.core.preferences import THEMES, remember_theme
from streair.core.redirects import next_url


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme: in the browser, and with the account of whoever is signed in."""
    theme = request.POST.get("theme", "")
    response = HttpResponseRedirect(next_url(request, "/"))
    remember_theme(response, theme)
    if isinstance(request.user, User):
        services.choose_theme(request.user, theme if theme in THEMES else "system")
    return response
