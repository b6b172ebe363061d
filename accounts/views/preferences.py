"""What somebody chose for themselves: theme and language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts import services
from accounts.models import User
from streair.core import preferences
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


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and show the same page in it; whoever is signed in gets their mails in it, too."""
    if isinstance(request.user, User):
        services.choose_language(request.user, request.POST.get("language", ""))
    return preferences.set_language(request)
