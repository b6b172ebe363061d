"""Our errors become pages (or JSON below /api/); headers that every page carries."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from streair.core.errors import NotFound, SignInFirst, StreAirError
from streair.core.requests import GetResponse

_PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: below /api/, or a script on one of our pages."""
    path = request.path_info
    return path.startswith("/api/") or request.accepts("text/html") is False


def error_response(request: HttpRequest, error: StreAirError) -> HttpResponse:
    """Return `error` as JSON for programs, as a page for people, as sign-in for strangers."""
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse(error.as_dict(), status=error.status)
    elif isinstance(error, SignInFirst):
        return redirect_to_login(request.get_full_path())
    else:
        response = render(request, "error.html", {"error": error}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


class ErrorPageMiddleware:
    """Turns a StreAirError that a view lets through into an answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Answer for addresses with a NUL: no page has one, and PostgreSQL refuses to look."""
        if "%00" in request.get_full_path():
            return error_response(request, NotFound(_("There is no page at this address.")))
        return None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer for our own errors; leave all others to Django."""
        if isinstance(exception, StreAirError):
            return error_response(request, exception)
        return None


class PermissionsPolicyMiddleware:
    """Says which device features no page of ours ever asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        return response
