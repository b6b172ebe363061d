"""Which language a request is answered in."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    """Pages say it in their address; below /api/ the reader's cookie or `Accept-Language` decides."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        if not request.path_info.startswith("/api/"):
            super().process_request(request)
            return
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
