"""Django under ASGI, with one change of threads for a request instead of twenty, and an end to how many there are.

Our views are synchronous, and so are most middlewares: under Django's own handler each of
their halves is a trip to the request's thread and back, which costs an answer from the cache
ten times what it takes to make. Here the whole chain runs in that thread, as under WSGI. Views
that are asynchronous (the sidecar's hooks) still run on the server's event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import IO, Any, ClassVar

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from streair.core.errors import StreAirError, Unavailable
from streair.core.language import language_of_scope
from streair.core.metrics.requests import busy
from streair.core.realtime.per_loop import per_loop
from streair.places import Places

logger = logging.getLogger(__name__)

# How many requests are answered at the same time; while something hangs, how many hang with it.
MOST_AT_ONCE = 64
# Who finds no place waits for one, and then hears that the site is busy.
PLACE_SECONDS = 2.0
# Those who look after the site are answered when nobody else is.
WATCHED = ("/health", "/metrics")
MOST_WATCHERS = 8

_BUSY = Unavailable(_("That did not work right now. Please try again in a moment."))

Receive = Callable[[], Awaitable[Any]]


class OneThread(ASGIHandler):
    """Answers a request in a thread of its own, from the first middleware to the view and back."""

    most_at_once: ClassVar[int] = MOST_AT_ONCE
    place_seconds: ClassVar[float] = PLACE_SECONDS

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._places = per_loop(lambda: Places(self.most_at_once, busy=_BUSY))
        self._places_of_watchers = per_loop(lambda: Places(MOST_WATCHERS, busy=_BUSY))

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Serve one request. Only one that has arrived takes a place: slow ones keep nobody waiting."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        is_watcher = scope["path"].startswith(WATCHED)
        places = self._places_of_watchers() if is_watcher else self._places()
        try:
            place = await places.take(seconds=self.place_seconds)
        except StreAirError as busy:
            body.close()
            await self._refuse(scope, send, busy)
            return
        try:
            async with ThreadSensitiveContext(executor=place):
                await self.handle(scope, _Arrived(receive, body), send)
        finally:
            places.give_back(place)

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """Return the body as a file, which may be here already."""
        if isinstance(receive, _Arrived):
            return receive.body
        body: IO[bytes] = await super().read_body(receive)
        return body

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer. The thread is the one that closes the database connection later."""
        response = await sync_to_async(self.get_response)(request)
        response._handler_class = type(self)  # type: ignore[attr-defined]  # noqa: SLF001 - as Django does.
        return response

    async def _refuse(self, scope: Mapping[str, Any], send: Any, error: StreAirError) -> None:
        from streair.views import bare_answer  # noqa: PLC0415 - models are not there yet when this file is read.

        busy.add()
        logger.warning("No thread was free for a request to %s.", scope["path"])
        request = HttpRequest()
        request.path = request.path_info = scope["path"]
        headers = dict(scope["headers"])
        request.META["HTTP_ACCEPT"] = headers.get(b"accept", b"*/*").decode("latin-1")
        with translation.override(language_of_scope(scope)):
            await self.send_response(bare_answer(request, error), send)


class _Arrived:
    """What is left to receive of a request whose body is here: that its client leaves."""

    def __init__(self, receive: Receive, body: IO[bytes]) -> None:
        self._receive = receive
        self.body = body

    async def __call__(self) -> Any:
        return await self._receive()


def get_asgi_application() -> OneThread:
    """Return Django as an ASGI application, as django.core.asgi does."""
    django.setup(set_prefix=False)
    return OneThread()
