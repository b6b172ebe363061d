"""Errors become JSON: ours, Django's and DRF's in the one shape of DESIGN.md 4.1."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from streair.core.errors import (
    Broken,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    SignInFirst,
    StreAirError,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)

logger = logging.getLogger(__name__)

# What 401 asks for (RFC 9110, 11.6.1).
CHALLENGE = 'Bearer realm="api"'

_broken = _("Something went wrong on our side.")


def answer(exception: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Return the answer to `exception` (DRF's EXCEPTION_HANDLER), or None for what is nobody's fault but ours."""
    error = explain(exception)
    if error is None:
        return None
    response = Response(error.as_dict(), status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def explain(exception: Exception) -> StreAirError | None:
    """Return what `exception` means in our words, or None when it is a mistake of ours."""
    match exception:
        case StreAirError():
            return exception
        case exceptions.ValidationError():
            sentences = dict(flatten(exception.detail))
            return Invalid(_("Some of this cannot be used."), errors=sentences)
        case exceptions.APIException():
            return _of_framework(exception)
        case _:
            return _of_django(exception)


def flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the sentences of DRF's nested `detail` by the path of their field, as in `links.0.url`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            inner_path = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            yield from flatten(inner, inner_path)
    elif isinstance(detail, list) and all(isinstance(item, str) for item in detail):
        if detail:
            yield path or "body", [_sayable(item) for item in detail]
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from flatten(inner, f"{path}.{index}".lstrip("."))
    else:
        yield path or "body", [_sayable(detail)]


def _sayable(sentence: object) -> str:
    """Return a sentence as UTF-8 can say it: it may repeat half a surrogate pair that somebody sent."""
    return str(sentence).encode(errors="replace").decode()


_FRAMEWORK: dict[type[exceptions.APIException], tuple[type[StreAirError], Any]] = {
    exceptions.ParseError: (Malformed, _("This could not be read as JSON.")),
    exceptions.NotAuthenticated: (SignInFirst, _("Please sign in first.")),
    exceptions.AuthenticationFailed: (SignInFirst, _("Please sign in first.")),
    exceptions.PermissionDenied: (NotAllowed, _("You may not do this.")),
    exceptions.NotFound: (NotFound, _("There is nothing at this address.")),
    exceptions.MethodNotAllowed: (
        MethodNotAllowed,
        _("This address does not take this method."),
    ),
    exceptions.UnsupportedMediaType: (
        UnsupportedMediaType,
        _("This address does not take this format."),
    ),
}


def _of_framework(exception: exceptions.APIException) -> StreAirError:
    if isinstance(exception, exceptions.PermissionDenied) and "CSRF" in str(exception.detail):
        return NotAllowed(_("This page stood open for too long."), code="csrf-failed")
    error, sentence = _FRAMEWORK.get(type(exception), (Broken, _broken))
    if error is Broken:
        logger.error("An exception of the framework has no words of ours: %r", exception)
    return error(sentence)


def _of_django(exception: Exception) -> StreAirError | None:
    match exception:
        case Http404():
            return NotFound(_("There is nothing at this address."))
        case PermissionDenied():
            return NotAllowed(_("You may not do this."))
        case RequestDataTooBig():
            return TooLarge(_("This is more than is taken here."))
        case SuspiciousOperation():
            return Malformed(_("This could not be understood."))
        case DatabaseError():
            logger.warning("The database is away: %s", exception)
            return Unavailable(_("That did not work right now. Please try again in a moment."))
        case _:
            return None
