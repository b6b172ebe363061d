"""Whatever is sent to whichever endpoint: an answer below 500, in the one shape of errors."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.endpoints import endpoints, views
from tests.api.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

ENDPOINTS = sorted((method, path) for path, method in endpoints())

HUGE = 10**400
TEXTS = [
    "\x00",
    "\ud800",
    "x" * 100_000,
    "\u202e\u0000",
    "' OR 1=1 --",
    "../../etc/passwd",
    "Z̸̡͇" * 500,
]
VALUES: list[Any] = [
    None,
    True,
    [],
    {},
    -1,
    HUGE,
    1e308,
    float("nan"),
    [[]],
    [{}],
    {"a": {}},
    *TEXTS,
]

BODIES = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a list of lists": b"[[],[{}]]",
    "a text": b'"x"',
    "a number": b"1e999",
    "half": b'{"title": "',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "no UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "a NUL": b'{"title": "\\u0000", "name": "\\u0000", "username": "\\u0000"}',
    "half a pair": b'{"title": "\\ud800", "username": "\\ud800", "email": "\\ud800@x.y"}',
    "the same name twice": b'{"title": "a", "title": []}',
    "names of Python": b'{"__class__": "x", "__proto__": {"a": 1}, "self": 1, "user": {}}',
    "digits": b'{"title": ' + b"9" * 100_000 + b"}",
}
TYPES = [
    "text/plain",
    "text/html",
    "application/xml",
    "multipart/form-data",
    "a/b/c",
    "",
    "image/png",
]
TYPES += ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "image/gif"]
TYPES += ["application/json; charset=utf-16", "application/json; charset=none", "APPLICATION/JSON"]
TYPES += ["application/json\x00"]
HEADERS: list[dict[str, Any]] = [
    {"HTTP_ACCEPT": "text/html;q=x, */*"},
    {"HTTP_ACCEPT_LANGUAGE": "a" * 10_000},
    {"HTTP_ACCEPT_LANGUAGE": "xx-\x00,\xff;q=1e99"},
    *({"HTTP_AUTHORIZATION": value} for value in ("Bearer", "Bearer ", "Basic !!!", "\xff", "")),
    *({"HTTP_AUTHORIZATION": f"Bearer {value}"} for value in ("x" * 65_536, "a.b.c", "\x00", "é")),
    *({"HTTP_COOKIE": value} for value in ("sessionid=\x00", "=;;=", "a" * 8000, "language=\x00")),
    {"HTTP_X_REAL_IP": "999.999.999.999, \x00"},
    {"HTTP_X_FORWARDED_FOR": "1" * 5000, "HTTP_X_FORWARDED_PROTO": "gopher"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_X_ROOM_TICKET": "\x00" * 50},
    {"HTTP_RANGE": "bytes=-1", "HTTP_IF_NONE_MATCH": "\xff", "HTTP_IF_MODIFIED_SINCE": "never"},
    {"HTTP_ORIGIN": "null", "HTTP_REFERER": "javascript:1"},
    {"HTTP_USER_AGENT": "\x00" * 300, "CONTENT_LENGTH": "-5"},
    {"CONTENT_LENGTH": "9" * 30},
]


def cursor(place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


QUERIES = [
    f"a={'x' * 65_536}",
    "limit=-1",
    f"limit={'9' * 500}",
    "limit=1.5",
    "limit=²",
    "limit=1&limit=x",
]
QUERIES += [
    f"{name}=%00&x=%ff%fe&q=%ed%a0%80" for name in ("q", "category", "tag", "sort", "cursor")
]
PLACES: list[Any] = [[], [None], [HUGE], ["x"] * 9, [[]], {}, [-1, -1], [True], [1, "x", None]]
QUERIES += [f"cursor={cursor(place)}" for place in [*PLACES, [float("nan")], "x", 1]]
QUERIES += [
    "cursor=%F0%9F%98%80",
    "&&&=&==",
    "q=" + "%25" * 5000,
    "before=-1&after=x",
    "live=x&sort=x",
]
PARTS = [
    "%00",
    "%ff",
    "..%2f..%2fx",
    "x" * 5000,
    "-1",
    "9" * 60,
    "null",
    "%F0%9F%98%80",
    "%2e",
    "a%20b",
]


@pytest.fixture
def no_limits(settings: Any) -> None:
    settings.RATE_LIMIT_ENABLED = False


@pytest.fixture(params=["anonymous", "owner"])
def role(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def mutated(body: Any) -> Iterator[Any]:
    """Yield the body with each of its fields replaced by each of the values."""
    for name in body:
        for value in VALUES:
            yield {**body, name: value}
        yield {key: value for key, value in body.items() if key != name}


def assert_answered(answer: Any, what: object) -> None:
    assert answer.status_code < 500, (what, answer.content[:300])
    if answer.status_code >= 400:
        assert {"code", "message"} <= set(answer.json()), what


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_bodies(method: str, path: str, role: str) -> None:
    world = World()
    client = world.client(role)
    url = world.path(path)

    for name, body in BODIES.items():
        answer = client.generic(method, url, body, content_type="application/json")
        assert_answered(answer, name)
    for content_type in TYPES:
        answer = client.generic(method, url, b'{"title": "x"}', content_type=content_type)
        assert_answered(answer, content_type)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_fields(method: str, path: str) -> None:
    world = World()
    # Some of these sign out or delete; a stranger each time sees to it that somebody is signed in.
    for body in mutated(world.body(f"{method} {path}")):
        client = world.client("stranger")
        text = json.dumps(body).encode()
        answer = client.generic(method, world.path(path), text, content_type="application/json")
        assert_answered(answer, str(body)[:300])


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_headers(method: str, path: str, role: str) -> None:
    world = World()
    for headers in HEADERS:
        client = world.client(role)
        answer = client.generic(
            method, world.path(path), b"{}", content_type="application/json", **headers
        )
        assert_answered(answer, headers)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_queries(method: str, path: str, role: str) -> None:
    world = World()
    client = world.client(role)
    for query in QUERIES:
        url = f"{world.path(path)}?{query}"
        assert_answered(client.generic(method, url, b"", content_type=""), query[:100])


@pytest.mark.parametrize(("method", "path"), [(m, p) for m, p in ENDPOINTS if "{" in p])
def test_addresses(method: str, path: str, role: str) -> None:
    client = World().client(role)
    for part in PARTS:
        url = path.partition("{")[0] + part + path.partition("}")[2]
        answer = client.generic(method, url, b"{}", content_type="application/json")
        assert_answered(answer, url[:100])
        assert answer.status_code >= 400


@pytest.mark.parametrize("path", sorted(views()))
def test_methods(path: str) -> None:
    world = World()
    client = world.client("owner")
    taken = {method for method, known in ENDPOINTS if known == path}
    for method in ("TRACE", "CONNECT", "PROPFIND", "GETT", "get", "HEAD", "OPTIONS"):
        answer = client.generic(method, world.path(path), b"")
        assert answer.status_code < 500
        if method not in {"HEAD", "get"}:
            assert answer.status_code == 405, method
            assert set(answer["Allow"].split(", ")) >= taken
