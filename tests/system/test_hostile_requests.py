"""Hostile requests to a real server, by raw sockets: it answers below 500 or hangs up, and goes on."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.utils import translation
from django.utils.translation import gettext

from tests.servers.site import Site

pytestmark = pytest.mark.system

_TIMEOUT = 40
_BODY = 50 * 1024 * 1024


@pytest.fixture(scope="module")
def endpoints(site: Site) -> list[tuple[str, str]]:
    """Every method and path that the site describes, with something for each parameter."""
    document: dict[str, Any] = requests.get(f"{site.url}/api/schema/", timeout=20).json()
    return [
        (method.upper(), re.sub(r"\{\w+\}", "x-1", path))
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "post", "put", "patch", "delete"}
    ]


def send(site: Site, head: bytes, pieces: Iterator[bytes] | None = None) -> int | None:
    """Send a request and return the status of the answer, or None when the server hung up without one."""
    with socket.create_connection(("127.0.0.1", site.addresses.port), _TIMEOUT) as connection:
        # What is not read any more is refused by a reset; the answer may be there all the same.
        with contextlib.suppress(OSError):
            connection.sendall(head)
            for piece in pieces or ():
                connection.sendall(piece)
        with contextlib.suppress(OSError):
            answer = connection.recv(4096)
            match = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
            return int(match[1]) if match else None
    return None


def head(method: str, target: str, *lines: str) -> bytes:
    text = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", *lines, "", ""])
    return text.encode("latin-1")


def test_fifty_megabytes_are_refused_before_they_are_there(
    site: Site, endpoints: list[tuple[str, str]]
) -> None:
    def announced(endpoint: tuple[str, str]) -> int | None:
        lines = ("Content-Type: application/json", f"Content-Length: {_BODY}")
        return send(site, head(*endpoint, *lines), itertools.repeat(b"x" * 65_536, 800))

    def in_pieces(endpoint: tuple[str, str]) -> int | None:
        chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        lines = ("Content-Type: application/json", "Transfer-Encoding: chunked")
        return send(site, head(*endpoint, *lines), itertools.repeat(chunk, 800))

    with ThreadPoolExecutor(4) as threads:
        found = {*threads.map(announced, endpoints), *threads.map(in_pieces, endpoints)}

    # 404 and 405: the picture's endpoint reads no body. None: the answer was lost with the reset.
    assert found <= {413, 404, 405, None}
    assert 413 in found
    assert site_is_well(site)


def test_targets_and_headers_of_any_kind(site: Site, endpoints: list[tuple[str, str]]) -> None:
    long = "x" * 65_536
    oddities = [
        ("?q=" + long, ()),
        ("?" + "&".join(f"a{n}=1" for n in range(5000)), ()),
        ("?q=\xff\xfe", ()),
        ("?q=a b", ()),
        ("/../../../etc/passwd", ()),
        ("%00", ()),
        ("", (f"X-Long: {long}",)),
        ("", tuple(f"X-{n}: 1" for n in range(500))),
        ("", ("Host: elsewhere.example",)),
        ("", ("Content-Length: 5", "Content-Length: 6")),
        ("", ("Content-Length: -1",)),
        ("", ("Content-Length: 1e3",)),
        ("", ("Transfer-Encoding: chunked", "Content-Length: 3")),
        ("", ("Transfer-Encoding: gzip, chunked",)),
        ("", ("Authorization: Bearer a", "Authorization: Bearer b")),
        ("", ("Cookie: sessionid=a", "Cookie: sessionid=b")),
        ("", ("Accept-Language: en", "Accept-Language: vi")),
        ("", ("X-Real-IP: 1.2.3.4", "X-Real-IP: x")),
        ("", ("X-Nul: a\x00b",)),
        ("", ("X-Return: a\rb",)),
        ("", ("No colon",)),
        ("", (" folded: x",)),
        ("", ("Expect: 100-continue",)),
        ("", ("Content-Type: application/json; charset*=utf-8''a%00b",)),
        ("", ("Content-Type: application/json; charset=%00",)),
        ("", ("Content-Type: " + ";" * 5000,)),
        ("", ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings")),
        ("", ("Upgrade: websocket", "Connection: Upgrade")),
        ("", ("Content-Encoding: gzip", "Content-Type: application/json", "Content-Length: 0")),
    ]

    def ask(one: tuple[tuple[str, str], tuple[str, tuple[str, ...]]]) -> tuple[int | None, str]:
        (method, path), (more, lines) = one
        # An empty chunk, and as many bytes as were announced: nobody waits for the rest.
        body = iter([b"0\r\n\r\n", b"x"])
        asked = head(method, path + more, *lines, "Connection: close")
        return send(site, asked, body), f"{one}"[:200]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, itertools.product(endpoints, oddities)))

    assert [one for one in found if one[0] is not None and one[0] >= 500] == []
    assert site_is_well(site)


def test_what_is_no_http(site: Site) -> None:
    for text in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x00" * 5000,
        b"G" * 100_000,
        b"GET /api/rooms HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://elsewhere.example/api/rooms HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ):
        status = send(site, text)

        assert status is None or status < 500, text[:60]
    assert site_is_well(site)


def test_too_much_is_told_in_the_readers_language(site: Site) -> None:
    def told(language: str) -> Any:
        # Only the length is looked at; nothing more is sent.
        headers = {"Content-Length": str(_BODY), "Accept-Language": language}
        request = requests.Request("POST", f"{site.url}/api/categories", headers=headers).prepare()
        request.headers["Content-Length"] = str(_BODY)
        with requests.Session() as session:
            return session.send(request, timeout=_TIMEOUT)

    vietnamese, english = told("vi"), told("en")

    assert vietnamese.status_code == english.status_code == 413
    assert vietnamese.json()["code"] == english.json()["code"] == "too-large"
    for answer, language in ((vietnamese, "vi"), (english, "en")):
        with translation.override(language):
            assert answer.json()["message"] == gettext("The request is too large.")


def site_is_well(site: Site) -> bool:
    return requests.get(f"{site.url}/health/live", timeout=20).status_code == 200
