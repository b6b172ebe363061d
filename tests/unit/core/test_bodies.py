"""Requests that are too large or too slow, before Django sees them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streair.bodies import LARGER, BodyLimit


class Exchange:
    """One request in pieces, and what came back."""

    def __init__(self, *pieces: bytes, length: int | None = None, whole: bool = True) -> None:
        self.scope: dict[str, Any] = {"type": "http", "path": "/", "headers": []}
        if length is not None:
            self.scope["headers"] = [(b"content-length", str(length).encode())]
        self._messages = [
            {"type": "http.request", "body": piece, "more_body": not whole or n < len(pieces)}
            for n, piece in enumerate(pieces, 1)
        ]
        self.sent: list[Any] = []
        self.heard: list[Any] = []

    async def receive(self) -> Any:
        if not self._messages:
            await asyncio.Event().wait()
        return self._messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            self.heard.append(await receive())
            if self.heard[-1]["type"] == "http.disconnect" or not self.heard[-1]["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def run(self) -> int:
        limit = BodyLimit(self.application, size=10, seconds=0.05)
        await asyncio.wait_for(limit(self.scope, self.receive, self.send), 5)
        return int(self.sent[0]["status"])


async def test_a_request_within_the_limits_passes_untouched() -> None:
    exchange = Exchange(b"01234", b"56789", length=10)

    assert await exchange.run() == 200
    assert b"".join(message["body"] for message in exchange.heard) == b"0123456789"


async def test_a_request_that_announces_too_much_never_reaches_the_application() -> None:
    exchange = Exchange(b"0", length=11)

    assert await exchange.run() == 413
    assert exchange.heard == []


async def test_a_request_that_sends_too_much_is_cut_off() -> None:
    exchange = Exchange(b"01234", b"567890")

    assert await exchange.run() == 413
    assert exchange.heard[-1] == {"type": "http.disconnect"}
    assert len(exchange.sent) == 2, "nothing of the application's own answer follows"
    assert (b"connection", b"close") in exchange.sent[0]["headers"]


@pytest.mark.parametrize(
    ("path", "accept", "kind", "words"),
    [
        ("/en/account/pictures/x/", b"text/html,*/*", b"text/html; charset=utf-8", b"too much"),
        ("/en/account/pictures/x/", b"*/*", b"application/json", b'"code"'),
        ("/api/rooms", b"text/html", b"application/json", b'"code"'),
    ],
)
async def test_people_get_a_page_and_programs_get_json(
    path: str, accept: bytes, kind: bytes, words: bytes
) -> None:
    exchange = Exchange(b"0", length=11)
    exchange.scope["path"] = path
    exchange.scope["headers"].append((b"accept", accept))

    assert await exchange.run() == 413
    assert (b"content-type", kind) in exchange.sent[0]["headers"]
    assert words in exchange.sent[1]["body"]


async def test_a_request_whose_end_never_comes_is_given_up() -> None:
    assert await Exchange(b"0", length=10, whole=False).run() == 408


@pytest.mark.parametrize("length", [b"x", b"-1", b"", b"1e9"])
async def test_a_length_that_is_none_does_not_matter(length: bytes) -> None:
    exchange = Exchange(b"0")
    exchange.scope["headers"] = [(b"content-length", length)]

    assert await exchange.run() == 200


@pytest.mark.parametrize(
    "path", ["/api/users/me/avatar", "/account/pictures/banner/", "/en/account/pictures/avatar/"]
)
async def test_more_is_taken_where_pictures_come_in(path: str) -> None:
    exchange = Exchange(b"0123456789" * 2)
    exchange.scope["path"] = path

    assert path in LARGER
    assert await exchange.run() == 200
    exchange.scope["path"] = f"{path}/"
    assert await Exchange(b"0123456789" * 2).run() == 413
