"""Pages go out compressed; everything else as it is."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_KINDS = ("text/html", "application/xml", "application/rss+xml", "application/atom+xml")


class CompressPages(GZipMiddleware):
    """Django's middleware, for pages and feeds alone.

    Lists of the API are made a few hundred times a second and would cost twice as much. What
    guessing (BREACH) could find in a page is its CSRF token, which is masked anew each time;
    Django also varies the length of what it compresses.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress a page if the browser takes that."""
        if not response.get("Content-Type", "").startswith(_KINDS):
            return response
        return super().process_response(request, response)
