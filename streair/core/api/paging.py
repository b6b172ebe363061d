"""Pages of a list: an opaque cursor in the query, the next page's address in the `Link` header (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from streair.core.errors import Invalid

MOST = 100


def limit_of(request: Request, default: int = 20, most: int = MOST) -> int:
    """Return how many entries are asked for: `?limit=`, 1 to `most`. Raises Invalid."""
    asked = request.query_params.get("limit", "")
    if not asked:
        return default
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= most):
        raise _invalid("limit", _("Use a whole number from 1 to %(most)d.") % {"most": most})
    return int(asked)


def cursor_of(request: Request) -> list[Any] | None:
    """Return the place that `?cursor=` names, as given to `next_link`, or None for the beginning.

    Raises Invalid for what is no cursor. What is in it may be made up: look at it before use.
    """
    asked = request.query_params.get("cursor", "")
    if not asked:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(asked.encode() + b"=="))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    if not isinstance(place, list):
        raise bad_cursor()
    return place


def bad_cursor() -> Invalid:
    """Return the error for a cursor that is none of ours."""
    return _invalid("cursor", _("This is not a place in this list."))


def next_link(request: Request, place: list[Any]) -> str:
    """Return the `Link` header's value for the page that begins behind `place`."""
    cursor = base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode())
    query = request.query_params.copy()
    query["cursor"] = cursor.decode().rstrip("=")
    url = request.build_absolute_uri(request.path)
    return f'<{url}?{query.urlencode()}>; rel="next"'


def page_of(request: Request, rows: list[Any], after: list[Any] | None) -> Response:
    """Return a page: `rows` as JSON, and where it goes on when `after` says that it does."""
    response = Response(rows)
    if after is not None:
        response["Link"] = next_link(request, after)
    return response


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid(_("Some of this cannot be used."), errors={name: [sentence]})
