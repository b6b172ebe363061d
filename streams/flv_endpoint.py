"""`GET /api/stream-proxy/live/{id}.flv`: asks Django once who may watch, then only moves bytes.

A raw ASGI application beside Django: a Django view would hold a database connection for as
long as somebody watches, and could not time out a viewer who stops reading (INGEST.md 2.1).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

from channels.db import database_sync_to_async
from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict, parse_cookie
from django.utils import translation
from django.utils.translation import gettext_lazy

from rooms.attendance import Person
from rooms.locks import HEADER, cookie_name, held_tickets
from rooms.presence import current_presence
from rooms.visitors import viewer as viewer_of
from streair.core import addresses, ratelimit
from streair.core.api.errors import CHALLENGE
from streair.core.errors import MethodNotAllowed, NotFound, StreAirError, Unavailable
from streair.core.realtime.identity import bearer_of, identify
from streams import access, edges
from streams.admissions import Admissions
from streams.metrics import answers
from streams.relay.delivery import deliver
from streams.relay.errors import RelayClosed
from streams.runtime import Runtime

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

PREFIX = "/api/stream-proxy/live/"
_NAME = re.compile(re.escape(PREFIX) + r"([0-9A-Za-z_-]{1,64})\.flv")
_HEADERS = (
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


_RESTARTING = Unavailable(gettext_lazy("The server is restarting."), code="restarting")
_AWAY = Unavailable(gettext_lazy("That did not work right now. Please try again in a moment."))


class FlvEndpoint:
    """The ASGI edge of the relay."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: an error as JSON, or FLV until somebody has had enough."""
        request = _django_request(scope)
        shared = _for_other_sites(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            await _send(send, 200, [*shared, (b"content-length", b"0")], b"")
            return
        self._runtime.start()
        address = addresses.address_of_scope(scope)
        try:
            key, viewer, elsewhere = await _admit(
                request, scope["path"], address, bearer_of(scope["headers"])
            )
        except StreAirError as error:
            await _send_error(send, request, error, shared)
            return
        except DatabaseError as exc:
            logger.warning("Nobody is let in to a stream, the database is away: %s", exc)
            await _send_error(send, request, _AWAY, shared)
            return
        if elsewhere is not None:
            answers.add("307")
            await _send_elsewhere(send, elsewhere, shared)
            return
        headers = (*_HEADERS, *shared)
        answers.add("200")
        try:
            with _counted(request, key, viewer, address):
                await deliver(
                    self._runtime.rooms,
                    key,
                    scope,
                    receive,
                    send,
                    headers=headers,
                    label=viewer,  # None for an edge: there is nothing that it could lose.
                )
        except RelayClosed:
            await _send_error(send, request, _RESTARTING, shared)


def _admit_now(
    request: HttpRequest, path: str, address: str, bearer: str | None
) -> tuple[str, access.Viewer | None, str | None]:
    """Return the room to play, by what right, and at which edge's address if not here, or raise a StreAirError.

    The right is None for an edge, which plays it to people who were let in one by one.
    """
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(gettext_lazy("Only GET and HEAD are allowed here."))
    match = _NAME.fullmatch(path)
    if match is not None and edges.may_pull(match[1], request.GET.get("ticket", "")):
        return access.room_for_edge(match[1]), None, None
    per_minute = ratelimit.Limit("stream-proxy", settings.PROXY_REQUESTS_PER_MINUTE, 60)
    ratelimit.spend(per_minute, addresses.bucket(address))
    if match is None:
        raise NotFound(gettext_lazy("There is no such room."), code="room-not-found")
    key, viewer = _watchable(request, match[1], bearer)
    if request.method != "GET":
        return key, viewer, None
    return key, viewer, edges.address_for(key, viewer, lost=request.GET.get("lost", ""))


def _watchable(request: HttpRequest, name: str, bearer: str | None) -> tuple[str, access.Viewer]:
    ticket = request.headers.get(HEADER, "")
    if ticket or _comes_as_somebody(request, name):
        tickets = held_tickets(name, request.COOKIES, ticket)
        identity = identify(request.COOKIES, bearer)
        return access.watchable_room(name=name, identity=identity, tickets=tickets)
    return _for_anybody.get(name, lambda: access.watchable_room(name=name, identity=None))


def _counted(
    request: HttpRequest, key: str, viewer: access.Viewer | None, address: str
) -> AbstractContextManager[None]:
    """Count whoever watches for as long as they do: once with their page, and without one, too."""
    if request.method == "HEAD" or viewer is None:
        return nullcontext()
    person: Person | None = None
    if viewer.identity is None or viewer.identity.user_id != viewer.owner_id:
        browser = request.headers.get("User-Agent", "")
        person = viewer_of(viewer.identity, request.COOKIES, address=address, browser=browser)
    return current_presence().attending(key, person)


def _comes_as_somebody(request: HttpRequest, name: str) -> bool:
    """Whether there is more to look at than which room is asked for."""
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        or cookie_name(name) in request.COOKIES
        or "Authorization" in request.headers
    )


# Of those who come as nobody in particular: what one of them may, all may.
_for_anybody = Admissions()

# In a thread of its own, whose database connection is closed before the first byte is sent.
_admit = database_sync_to_async(_admit_now, thread_sensitive=False)


def _django_request(scope: Scope) -> HttpRequest:
    """Return as much of a Django request as signing in and choosing a language need."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    request = HttpRequest()
    request.method = scope["method"]
    request.path = request.path_info = scope["path"]
    request.COOKIES = parse_cookie(headers.get("cookie", ""))
    with suppress(TooManyFieldsSent):
        request.GET = QueryDict(scope.get("query_string", b""))
    for name, value in headers.items():
        request.META[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return request


def _for_other_sites(request: HttpRequest) -> list[tuple[bytes, bytes]]:
    """Return what lets pages of CLIENT_URL read the answer: what the rest of the API says, too."""
    if "Origin" not in request.headers:
        return []
    answer = _cors(request)
    assert isinstance(answer, HttpResponse), "made of what is not asynchronous"
    return [
        (name.lower().encode(), value.encode())
        for name, value in answer.items()
        if name.lower().startswith("access-control-") or name.lower() == "vary"
    ]


_cors = CorsMiddleware(lambda _request: HttpResponse())


async def _send_elsewhere(send: Send, address: str, shared: Headers) -> None:
    """Send a viewer to an edge. For this one time: the next time it may be another."""
    headers = [(b"location", address.encode()), (b"cache-control", b"no-store"), *shared]
    await _send(send, 307, [*headers, (b"content-length", b"0")], b"")


async def _send_error(
    send: Send, request: HttpRequest, error: StreAirError, more: Headers = ()
) -> None:
    answers.add(str(error.status))
    with translation.override(translation.get_language_from_request(request)):
        body = json.dumps(error.as_dict()).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    if error.retry_after is not None:
        headers.append((b"retry-after", str(error.retry_after).encode()))
    if error.status == 401:
        headers.append((b"www-authenticate", CHALLENGE.encode()))
    if error.status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await _send(send, error.status, headers, b"" if request.method == "HEAD" else body)


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
