"""Compares answers of the API with what the OpenAPI document says about them, and allows nothing that it does not say."""

from __future__ import annotations

import functools
import json
import re
from typing import Any, NamedTuple

import jsonschema_rs
from django.http.response import HttpResponseBase
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from streair.core.codes import CODES

Json = dict[str, Any]

# They describe the others.
_NOT_DESCRIBED = re.compile(r"/api/(schema|docs)/")
_ERROR: Json = {"$ref": "#/components/schemas/Error"}


class Route(NamedTuple):
    """A path of the document, and what belongs to it."""

    template: str
    pattern: re.Pattern[str]
    operations: Json


@functools.cache
def document() -> Json:
    """Return the OpenAPI document."""
    with translation.override("en"):
        found: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    # Lazy texts, and keys that are numbers, as readers get them.
    plain: Json = json.loads(json.dumps(found, default=str))
    return plain


@functools.cache
def routes() -> list[Route]:
    """Return the document's paths; those without parameters come first, as Django's do."""
    found = [
        Route(template, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))), item)
        for template, item in document()["paths"].items()
    ]
    return sorted(found, key=lambda route: route.template.count("{"))


def route_of(path: str) -> Route | None:
    """Return the document's path that `path` belongs to."""
    return next((route for route in routes() if route.pattern.fullmatch(path)), None)


def check(method: str, path: str, response: HttpResponseBase) -> None:
    """Fail when the answer is not what the document says. What is not below /api/ is passed over."""
    if not path.startswith("/api/") or _NOT_DESCRIBED.match(path) or method == "OPTIONS":
        return
    route = route_of(path)
    operation = route.operations.get(method.lower().replace("head", "get")) if route else None
    if operation is None:
        assert response.status_code in {400, 404, 405}, f"{method} {path} is not in the document"
        if method != "HEAD":
            _check_error(response)
        return
    told = operation["responses"].get(str(response.status_code))
    assert told is not None, f"{method} {path} answered {response.status_code}, not described"
    for name in response.headers:
        assert name.title() in _headers(told), f"{method} {path}: {name} is not described"
    if method != "HEAD":
        _check_content(f"{method} {path}", told.get("content", {}), response)
    if response.status_code >= 400 and method != "HEAD":
        _check_error(response)


def _check_content(place: str, content: Json, response: HttpResponseBase) -> None:
    body = b"" if response.streaming else getattr(response, "content", b"")
    if not content:
        assert body == b"", f"{place} has a body, and should not"
        return
    media_type = response.headers["Content-Type"].partition(";")[0]
    assert media_type in content, f"{place} is {media_type}, not described"
    if media_type == "application/json":
        validator(json.dumps(content[media_type]["schema"])).validate(json.loads(body))


def _check_error(response: HttpResponseBase) -> None:
    error = json.loads(getattr(response, "content", b""))
    validator(json.dumps(_ERROR)).validate(error)
    assert error["code"] in CODES
    assert CODES[error["code"]].status == response.status_code


@functools.cache
def validator(schema: str) -> Any:
    """Return what checks values against a schema of the document."""
    whole = {**json.loads(schema), "components": {"schemas": _strict()}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@functools.cache
def _strict() -> Json:
    """Return the document's schemas, closed: no property that is not described."""
    return {
        name: {"additionalProperties": False, **schema} if "properties" in schema else schema
        for name, schema in document()["components"]["schemas"].items()
    }


# What HTTP itself, Django and the middleware add to every answer.
_USUAL = frozenset(
    {
        *("Content-Type", "Content-Length", "Content-Language", "Content-Disposition", "Allow"),
        *("Cache-Control", "Vary", "Set-Cookie", "Etag", "Expires", "Last-Modified"),
        *("Content-Security-Policy", "Permissions-Policy", "X-Frame-Options"),
        *("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"),
        *("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"),
        "Access-Control-Expose-Headers",
    }
)


def _headers(told: Json) -> set[str]:
    return {name.title() for name in told.get("headers", {})} | _USUAL
