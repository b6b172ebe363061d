"""Pages of the project itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from streair.core.errors import NotAllowed
from streair.core.pages import error_response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature.
    """Answer a form whose token did not match: most often the page stood open for too long."""
    error = NotAllowed(
        _("This page stood open for too long. Go back, reload it and try again."),
        code="csrf-failed",
    )
    return error_response(request, error)
