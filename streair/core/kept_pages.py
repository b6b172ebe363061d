"""Public pages as they were within the last minute, for while the database is away."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from hashlib import sha256

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import translation

from streair.core.metrics.tallies import Counter, keep
from streair.core.preferences import THEME_COOKIE, theme_of_browser
from streair.core.requests import GetResponse

logger = logging.getLogger(__name__)

KEPT_SECONDS = 60
# A page that many look at is not kept each time.
_EVERY_SECONDS = 5.0
# So many in a minute and process: whoever opens them all fills no memory.
_MOST = 100
_LARGEST_BYTES = 512 * 1024

_PUBLIC = {
    *("home", "live", "category", "tag"),
    *("rooms:channel", "rooms:watch", "branding:terms", "branding:rules"),
}
# The token is its reader's own, wherever a page has it.
_TOKENS = re.compile(
    rb'(data-csrf-token="|name="csrfmiddlewaretoken"\s+value=")[0-9A-Za-z]*(?=")', re.DOTALL
)

_shown = keep(
    Counter("streair_kept_pages", "Pages shown as they were, while the database was away.")
)


class KeptPages:
    """Keeps what strangers are shown, and shows that when there is nothing else.

    What is said to somebody in particular is never kept: whoever shows a cookie that could
    change a page is not a stranger. It stands inside of Django's own middlewares, which ask no database for
    strangers, so that a kept page goes out by them like any other.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._lock = threading.Lock()
        self._kept_at: OrderedDict[str, float] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not _is_public(request) or not isinstance(response, HttpResponse):
            return response
        if response.status_code == 503:
            return _kept(request, response) or response
        is_for_all = "no-store" not in response.headers.get("Cache-Control", "")
        if response.status_code == 200 and is_for_all and _is_strangers(request):
            self._keep(request, response)
        return response

    def _keep(self, request: HttpRequest, response: HttpResponse) -> None:
        key = _key(request)
        if len(response.content) > _LARGEST_BYTES or not self._is_due(key):
            return
        page = (time.time(), response.content, response.headers.get("Content-Type", "text/html"))
        try:
            caches["pages"].set(key, page, KEPT_SECONDS)
        except Exception:  # noqa: BLE001 - each cache raises its own, and says so in the log.
            logger.debug("A page was not kept.")

    def _is_due(self, key: str) -> bool:
        """Whether to keep this page now; if so, it is noted as kept."""
        now = time.monotonic()
        with self._lock:
            while self._kept_at and next(iter(self._kept_at.values())) < now - KEPT_SECONDS:
                self._kept_at.popitem(last=False)
            kept_at = self._kept_at.get(key)
            if kept_at is None and len(self._kept_at) >= _MOST:
                return False
            if kept_at is not None and now < kept_at + _EVERY_SECONDS:
                return False
            self._kept_at[key] = now
            self._kept_at.move_to_end(key)
        return True


def _kept(request: HttpRequest, failed: HttpResponse) -> HttpResponse | None:
    """Return the page as it was, if anybody saw it within the minute."""
    try:
        found = caches["pages"].get(_key(request))
    except Exception:  # noqa: BLE001 - as above.
        return None
    if found is None:
        return None
    at, content, kind = found
    _shown.add()
    token = get_token(request).encode()
    page = HttpResponse(_TOKENS.sub(rb"\g<1>" + token, content), content_type=kind)
    page.headers["Age"] = str(max(round(time.time() - at), 0))
    page.headers["Cache-Control"] = "no-store"
    page.cookies = failed.cookies
    return page


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method == "GET" and match is not None and match.view_name in _PUBLIC


def _is_strangers(request: HttpRequest) -> bool:
    known = {"visitor", THEME_COOKIE, settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return "Authorization" not in request.headers and request.COOKIES.keys() <= known


def _key(request: HttpRequest) -> str:
    says = [request.build_absolute_uri(), theme_of_browser(request)]
    says += [translation.get_language_from_request(request), str(request.accepts("text/html"))]
    return f"kept-page:{sha256(' '.join(says).encode()).hexdigest()}"
