"""How long requests take, by the name of their route: addresses are many, and some hold secrets."""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from streair.core.metrics.tallies import Counter, Histogram, keep
from streair.core.requests import GetResponse

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

seconds = keep(
    Histogram(
        "streair_request_seconds",
        "How long requests took, by route and class of status.",
        ["route", "status"],
        buckets=_BUCKETS,
    )
)
busy = keep(Counter("streair_requests_busy", "Requests that found no thread, and got 503."))


class MeasureRequests:
    """Takes the time of every request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        seconds.observe(took, route_of(request), f"{response.status_code // 100}xx")
        return response


def route_of(request: HttpRequest) -> str:
    """Return the name of what was asked for. The administration's many pages are one, so is all there is not."""
    match = request.resolver_match
    if match is None:
        return "none"
    if "admin" in match.namespaces:
        return "admin"
    return match.view_name or match.func.__name__
