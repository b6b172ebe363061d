"""Which language a request is answered in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, parse_cookie
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

# Their addresses say no language: the reader's cookie or `Accept-Language` decides.
WITHOUT_LANGUAGE = ("/api/", "/admin/")


class LanguageMiddleware(LocaleMiddleware):
    """Pages say it in their address; the API and the administration are asked for it by the reader."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        if not request.path_info.startswith(WITHOUT_LANGUAGE):
            super().process_request(request)
            return
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()


def language_of_scope(scope: Any) -> str:
    """Return the language that an ASGI request is to be answered in."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    request = HttpRequest()
    request.COOKIES = parse_cookie(headers.get(b"cookie", ""))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", "")
    return translation.get_language_from_request(request)
