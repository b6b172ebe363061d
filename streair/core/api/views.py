"""The base of every endpoint: who asks, how much of their share is left, what a token may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from streair.core.addresses import address_of_request, bucket
from streair.core.api.scopes import Scope, scopes_of
from streair.core.errors import NotAllowed, StreAirError, TooFast
from streair.core.ratelimit import Limit, Usage, count


class JsonAlways(BaseContentNegotiation):
    """Answers in JSON whatever `Accept` says: a browser that opens an address gets to read it."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the parser for what was sent, or None."""
        found = (
            request.content_type.partition(";")[0].strip().lower() if request.content_type else ""
        )
        return next((parser for parser in parsers if parser.media_type == found), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Return the first renderer."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """An endpoint.

    `scopes` says, by method, what a personal access token must be allowed to use it: a Scope, or None
    for nothing in particular. A method that is not named is closed to such tokens; people who are
    signed in are not asked. Who asked to be deleted may only look, and only come back where
    `is_open_to_leaving` says so.
    """

    content_negotiation_class = JsonAlways
    scopes: ClassVar[Mapping[str, Scope | None]] = {}
    is_open_to_leaving: ClassVar[bool] = False
    usage: Usage | None = None

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, and count it: a wrong token too, and before anything is looked up for it."""
        try:
            request.user  # noqa: B018 - this is how DRF authenticates.
        except (exceptions.APIException, StreAirError):
            self._count(_address(request))
            raise
        user = request.user
        self._count(f"user:{user.pk}" if user.is_authenticated else _address(request))
        self._check_scope(request)
        is_reading = request.method in SAFE_METHODS
        if getattr(user, "is_leaving", False) and not (is_reading or self.is_open_to_leaving):
            raise NotAllowed(
                _("This account is about to be deleted. Restore it first."), code="account-leaving"
            )

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Say how much is left (draft-ietf-httpapi-ratelimit-headers-07); keep private answers out of caches."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        if self.usage is not None:
            limit = self.usage.limit
            answer["RateLimit-Policy"] = f"{limit.count};w={limit.seconds}"
            answer["RateLimit-Limit"] = str(limit.count)
            answer["RateLimit-Remaining"] = str(self.usage.remaining)
            answer["RateLimit-Reset"] = str(self.usage.seconds_left)
        return answer

    def _count(self, subject: str) -> None:
        seconds = max(settings.RATE_LIMIT_WINDOW_MS // 1000, 1)
        self.usage = count(Limit("api", settings.RATE_LIMIT_MAX_REQUESTS, seconds), subject)
        if self.usage.is_over:
            raise TooFast(
                _("Too many requests. Please wait a moment."), retry_after=self.usage.seconds_left
            )

    def _check_scope(self, request: Request) -> None:
        granted = scopes_of(request.auth)
        if granted is None or request.method == "OPTIONS":
            return
        method = "GET" if request.method == "HEAD" else request.method or ""
        needed = self.scopes.get(method, "")
        if needed is not None and needed not in granted:
            raise NotAllowed(_("This token may not do this."), code="scope-missing")


def _address(request: Request) -> str:
    return f"address:{bucket(address_of_request(request._request))}"  # noqa: SLF001 - DRF has no other way.
