"""How large a request may be and how long it may take: Django itself spools it all to disk first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

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
}


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
        if _announced(scope) > size:
            await _refuse(send, 413, "too-large")
            return
        body = _Body(receive, send, size=size, seconds=self._seconds)
        await self._application(scope, body.receive, body.send)


class _Body:
    """One request on its way in."""

    def __init__(self, receive: Receive, send: Send, *, size: int, seconds: float) -> None:
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
            return await self._give_up(408, "too-slow")
        self._left -= len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._left < 0:
            return await self._give_up(413, "too-large")
        return message

    async def send(self, message: Message) -> None:
        if not self._is_refused:
            await self._send(message)

    async def _give_up(self, status: int, code: str) -> Message:
        self._is_refused = True
        await _refuse(self._send, status, code)
        return {"type": "http.disconnect"}


def _announced(scope: Any) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(value) for value in lengths if value.isdigit()), default=0)


async def _refuse(send: Send, status: int, code: str) -> None:
    # For programs and attackers: a browser's forms are far below the limit.
    messages = {413: "The request is too large.", 408: "The request took too long."}
    body = json.dumps({"code": code, "message": messages[status]}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
