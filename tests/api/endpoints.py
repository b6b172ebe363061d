"""Every endpoint there is, read from the URL configuration."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from streair.core.api.reading import Reading

_METHODS = ("get", "post", "put", "patch", "delete")


@functools.cache
def views() -> dict[str, type[APIView]]:
    """Return the view classes by path, as in `/api/rooms/{room_id}`; the description itself left out."""
    found = {}
    for path, callback in _walk(get_resolver().url_patterns, ""):
        kind = getattr(callback, "view_class", getattr(callback, "cls", None))
        if path.startswith("/api/") and not (isinstance(kind, type) and issubclass(kind, Reading)):
            assert isinstance(kind, type), f"{path} is no view class"
            assert issubclass(kind, APIView), f"{path} is no view of the API"
            found[path] = kind
    return found


def endpoints() -> set[tuple[str, str]]:
    """Return path and method of every endpoint."""
    return {
        (path, method.upper())
        for path, kind in views().items()
        for method in _METHODS
        if hasattr(kind, method)
    }


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield f"/{path}", pattern.callback
