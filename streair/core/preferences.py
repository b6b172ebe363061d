"""What a reader chose for themselves: language and theme, kept in cookies."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from streair.core.redirects import in_language, next_url

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


def theme_of(request: HttpRequest) -> str:
    """Return the theme that the reader chose: "light", "dark", or "" for what their system says.

    What somebody who is signed in chose goes wherever they do; others have a cookie.
    """
    chosen = getattr(request.user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def theme_of_browser(request: HttpRequest) -> str:
    """Return the theme by the cookie alone: without asking who reads, and so without the database."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def prefers_english(request: HttpRequest) -> bool:
    """Whether the reader wants English: by their earlier choice, else by their browser's first one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen is not None:
        return chosen == "en"
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
    return first.strip().lower().split("-")[0] == "en"


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep `language` for the next visits."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and show the same page in it."""
    language = request.POST.get("language", "")
    here = next_url(request, "/")
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return HttpResponseRedirect(here)
    response = HttpResponseRedirect(in_language(here, language))
    remember_language(response, language)
    return response


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Keep `theme` for the next visits; anything but a known one means the system's."""
    if theme in THEMES:
        # Scripts switch without a reload, so they may write it.
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
