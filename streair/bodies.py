"""How large a request may be and how long it may take: Django itself spools it all to disk first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Self

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from streair.core.errors import Malformed, StreAirError, TooLarge, TooSlow
from streair.core.language import language_of_scope

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

MAX_BODY_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 30.0
# A picture of 5 MB, and the form around it.
_PICTURE_BYTES = 6 * 1024 * 1024
# Where more may be sent than elsewhere.
LARGER = {
    f"{prefix}{kind}{end}": _PICTURE_BYTES
    for kind in ("avatar", "banner")
    for prefix, end in [
        ("/api/users/me/", ""),
        ("/account/pictures/", "/"),
        ("/en/account/pictures/", "/"),
    ]
} | {"/admin/core/sitesettings/1/change/": _PICTURE_BYTES}

_TOO_LARGE = TooLarge(_("The request is too large."))
_TOO_SLOW = TooSlow(_("The request took too long."))
_UNREADABLE = Malformed(_("This could not be understood."))


class BodyLimit:
    """Passes requests on, until one sends more than `size` bytes or takes longer than `seconds`.

    `larger` has the sizes of paths to which more may be sent.

    Such a client gets 413 or 408 and the end of its connection; the application behind is
    told that the client has gone.
    """

    def __init__(
        self,
        application: Application,
        *,
        size: int = MAX_BODY_BYTES,
        seconds: float = BODY_SECONDS,
        larger: Mapping[str, int] = LARGER,
    ) -> None:
        self._application = application
        self._size = size
        self._seconds = seconds
        self._larger = larger

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        size = self._larger.get(scope["path"], self._size)
        refusal = Refusal.of(scope, size=size)
        if refusal is not None:
            await refusal.send(send)
            return
        body = _Body(scope, receive, send, size=size, seconds=self._seconds)
        await self._application(scope, body.receive, body.send)


class _Body:
    """One request on its way in."""

    def __init__(
        self, scope: Any, receive: Receive, send: Send, *, size: int, seconds: float
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._left = size
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._is_whole = False
        self._is_refused = False

    async def receive(self) -> Message:
        if self._is_whole or self._is_refused:
            return await self._receive()  # Nothing but the client's leaving can come now.
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            return await self._give_up(_TOO_SLOW)
        self._left -= len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._left < 0:
            return await self._give_up(_TOO_LARGE)
        return message

    async def send(self, message: Message) -> None:
        if not self._is_refused:
            await self._send(message)

    async def _give_up(self, error: StreAirError) -> Message:
        self._is_refused = True
        await Refusal(self._scope, error).send(self._send)
        return {"type": "http.disconnect"}


def _has_impossible_type(scope: Any) -> bool:
    """Whether the type of the body has a NUL, which Django would look for among Python's encodings, and fail."""
    types = [value for name, value in scope["headers"] if name == b"content-type"]
    return any(b"\0" in value or b"%00" in value for value in types)


def _announced(scope: Any) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(value) for value in lengths if value.isdigit()), default=0)


class Refusal:
    """The answer to a request that goes no further."""

    def __init__(self, scope: Any, error: StreAirError) -> None:
        kind, self._body = _page(scope, error) if _is_form(scope) else _json(scope, error)
        self._status = error.status
        self._headers = [
            (b"content-type", kind),
            (b"content-length", str(len(self._body)).encode()),
            (b"connection", b"close"),
        ]

    @classmethod
    def of(cls, scope: Any, *, size: int | None = None) -> Self | None:
        """Return why not even the head of this request is any good, or None."""
        if _has_impossible_type(scope):
            return cls(scope, _UNREADABLE)
        most = LARGER.get(scope["path"], MAX_BODY_BYTES) if size is None else size
        return cls(scope, _TOO_LARGE) if _announced(scope) > most else None

    async def send(self, send: Send) -> None:
        """Answer under ASGI."""
        start = {"type": "http.response.start", "status": self._status, "headers": self._headers}
        await send(start)
        await send({"type": "http.response.body", "body": self._body})

    def as_wsgi(self) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and body. Connections are the server's own business there."""
        phrase = HTTPStatus(self._status).phrase
        headers = [
            (name.decode(), value.decode())
            for name, value in self._headers
            if name != b"connection"
        ]
        return f"{self._status} {phrase}", headers, self._body


def _is_form(scope: Any) -> bool:
    """Whether somebody sent a form of a page, like a picture that is far too large."""
    accepted = [value for name, value in scope["headers"] if name == b"accept"]
    return any(b"text/html" in value for value in accepted) and not scope["path"].startswith(
        "/api/"
    )


def _page(scope: Any, error: StreAirError) -> tuple[bytes, bytes]:
    # This module is imported before Django is ready (asgi.py).
    from django.template.loader import render_to_string  # noqa: PLC0415

    from streair.core.brand import last_known  # noqa: PLC0415

    template = "413.html" if isinstance(error, TooLarge) else "400.html"
    shown = {"brand": last_known(), "status": error.status}
    with translation.override("en" if scope["path"].startswith("/en/") else "vi"):
        page = render_to_string(template, shown)
    return b"text/html; charset=utf-8", page.encode()


def _json(scope: Any, error: StreAirError) -> tuple[bytes, bytes]:
    with translation.override(language_of_scope(scope)):
        return b"application/json", json.dumps(error.as_dict()).encode()
