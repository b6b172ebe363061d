"""The socket's edge: frames become calls of `@command` handlers, answers and errors become frames."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, ClassVar, TypeVar

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, parse_cookie
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from streair.core import addresses
from streair.core.api.scopes import Scope
from streair.core.errors import (
    Broken,
    NotAllowed,
    NotFound,
    SignInFirst,
    StreAirError,
    TooFast,
    Unavailable,
)
from streair.core.metrics.tallies import Counter, Gauge, keep
from streair.core.realtime import frames, origins
from streair.core.realtime.admission import Caller, current_crowd, recognize
from streair.core.realtime.close_codes import CloseCode
from streair.core.realtime.frames import CloseSocket
from streair.core.realtime.guard import current_guard
from streair.core.realtime.hub import Hub, current_hub
from streair.core.realtime.identity import Identity
from streair.core.realtime.outbox import Outbox, Send, SocketGone
from streair.core.realtime.pace import Pace
from streair.core.requests import be_about

logger = logging.getLogger(__name__)

_open = keep(Gauge("streair_sockets", "WebSockets that are open."))
_commands = keep(
    Counter("streair_socket_commands", "Commands from sockets, by event.", ["event", "result"])
)

Data = dict[str, Any]
Handler = Callable[[Any, Data], Awaitable[Data | None]]
H = TypeVar("H", bound=Handler)
Receive = Callable[[], Awaitable[Mapping[str, Any]]]

# The extension of ASGI's scope that holds an outbox.Direct.
DIRECT = "streair.socket"

# What programs offer beside their token, and what we answer with: the token is not for repeating.
SUBPROTOCOL = "streair"
_BEARER = "bearer."

_unavailable = Unavailable(_("That did not work right now. Please try again in a moment."))
_broken = Broken(_("Something went wrong on our side."))
_scope_missing = NotAllowed(_("This token may not do this."), code="scope-missing")
_unknown_event = NotFound(_("This message could not be understood."), code="unknown-event")


def command(event: str, *, scopes: Iterable[Scope] | None = None) -> Callable[[H], H]:
    """Let the decorated method answer frames whose event is `event`.

    `scopes` says what a personal access token must be allowed to use it: `()` for nothing in particular. None,
    and it is closed to such tokens. Everybody else is not asked.
    """

    def mark(handler: H) -> H:
        handler.command_event = event  # type: ignore[attr-defined]
        handler.scopes = None if scopes is None else tuple(scopes)  # type: ignore[attr-defined]
        return handler

    return mark


class CommandConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One socket. Subclasses add `@command` methods that take the data and return the ack's.

    What differs from the usual consumer: it is not a member of the channel layer. It hears
    events from the process's hub through its outbox, and everything it says goes out there.
    """

    commands: ClassVar[Mapping[str, Handler]] = {}

    hub: Hub
    outbox: Outbox
    caller: Caller | None = None
    address: str = ""
    cookies: Mapping[str, str]
    # The token that was offered as a subprotocol, if one was.
    bearer: str | None = None
    language: str = settings.LANGUAGE_CODE

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        members = [member for base in reversed(cls.__mro__) for member in vars(base).values()]
        found = {getattr(member, "command_event", ""): member for member in members}
        cls.commands = {event: handler for event, handler in found.items() if event}

    @command("ping", scopes=())
    async def ping(self, data: Data) -> None:
        """Answer, so that a page knows its socket is not a dead one."""

    @property
    def identity(self) -> Identity | None:
        """Who is signed in, if anybody."""
        return self.caller.identity if self.caller else None

    def known_as(self) -> str | None:
        """Return whom we know this to be without an account, if anybody."""
        return None

    def about(self) -> Mapping[str, object]:
        """Return whom the log is to name."""
        return {"user_id": self.identity.user_id if self.identity else None}

    async def left(self) -> None:
        """Clean up: the socket is gone, for whatever reason. Must not fail."""

    # --- The life of a socket ---

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Read and write side by side until either ends."""
        be_about(uuid.uuid4().hex, self.about)
        direct = scope.get("extensions", {}).get(DIRECT)
        self.outbox = Outbox(direct)
        self.hub = current_hub()
        self.pace = Pace()
        _open.value += 1

        async def send_now(message: MutableMapping[str, Any]) -> None:
            try:
                await send(message)
            except OSError as exc:  # It left while we shook hands.
                raise SocketGone from exc

        self.scope, self.base_send = scope, send_now
        try:
            if direct is not None:
                await self._read(receive)
            else:
                async with asyncio.TaskGroup() as tasks:
                    writer = tasks.create_task(self.outbox.write_to(send))
                    await self._read(receive)
                    writer.cancel()
        except* SocketGone:
            logger.debug("A socket is gone.")
        finally:
            _open.value -= 1
            await self._clean_up()

    async def _read(self, receive: Receive) -> None:
        """Handle what the server reports, one after the other, in this very task."""
        with contextlib.suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Handle what the server reports, without the thread hop of AsyncConsumer.dispatch.

        It closes old database connections before every message; database_sync_to_async
        does so around each query already.
        """
        kind = message["type"]
        if kind == "websocket.receive":
            await self._receive_frame(message.get("text"))
        elif kind == "websocket.connect":
            await self.connect()
        else:
            raise StopConsumer

    async def connect(self) -> None:
        """Let our own pages in, as whoever they are signed in as, and programs with their token."""
        offered = self.scope.get("subprotocols") or []
        self.bearer = _bearer_among(offered)
        # A browser sends cookies for whatever page asks; a token is sent by who has it.
        if self.bearer is None and not origins.is_ours(self.scope):
            await self.close()
            return
        request = _request_of(self.scope)
        self.cookies = request.COOKIES if self.bearer is None else {}
        self.language = translation.get_language_from_request(request)
        # For as long as the socket lives: all of it happens in this very task.
        translation.activate(self.language)
        self.address = addresses.address_of_scope(self.scope)
        refusal = await self._enter()
        # Browsers tell scripts nothing about a refused handshake, so it is accepted first.
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        if refusal is not None:
            self.outbox.close(refusal.code, refusal.reason)
        elif self.identity is not None:
            current_guard().watch(self.identity, self.outbox)

    async def _enter(self) -> CloseSocket | None:
        """Find out who calls and take their place in the crowd, or return why there is none."""
        try:
            caller = await recognize(self.cookies, self.bearer, self.known_as(), self.address)
            current_crowd().enter(caller)
        except SignInFirst:
            return CloseSocket(CloseCode.SIGNED_OUT, "token-invalid")
        except TooFast as refused:
            return CloseSocket(CloseCode.TOO_MANY_SOCKETS, f"retry-after={refused.retry_after}")
        except DatabaseError:
            return CloseSocket(CloseCode.TRY_LATER, "unavailable")
        self.caller = caller
        return None

    async def _clean_up(self) -> None:
        self.hub.forget(self.outbox)
        if self.caller is not None:
            current_crowd().leave(self.caller)
        if self.identity is not None:
            current_guard().forget(self.identity, self.outbox)
        await self.left()

    # --- Commands ---

    async def _receive_frame(self, text: str | None) -> None:
        if self.outbox.closing is not None:
            return
        try:
            self.pace.count_frame()
            frame = frames.read(text)
            await self._answer(frame)
        except CloseSocket as closing:
            self.outbox.close(closing.code, closing.reason)
        finally:
            self.outbox.release()

    async def _answer(self, frame: object) -> None:
        frame_id = frames.id_of(frame)
        try:
            data = await self._run(frames.command_of(frame))
        except StreAirError as refused:
            self.outbox.answer(frames.error(frame_id, refused))
        else:
            if frame_id is not None:
                self.outbox.answer(frames.ack(frame_id, data or {}))

    async def _run(self, asked: frames.Command) -> Data | None:
        handler = self.commands.get(asked.event)
        if handler is None:
            raise _unknown_event
        if not self._may_use(handler):
            raise _scope_missing
        result = "refused"
        try:
            answer = await handler(self, asked.data)
            result = "ok"
        except (StreAirError, CloseSocket):
            raise
        except DatabaseError as exc:
            result = "unavailable"
            logger.warning("%s failed: the database is away: %s", asked.event, exc)
            raise _unavailable from exc
        except Exception as exc:
            result = "broken"
            logger.exception("%s failed.", asked.event)
            raise _broken from exc
        finally:
            _commands.add(asked.event, result)
        return answer

    def _may_use(self, handler: Handler) -> bool:
        """Whether the token that opened this socket, if one did, was allowed this."""
        if self.identity is None or self.identity.scopes is None:
            return True
        scopes: tuple[Scope, ...] | None = handler.scopes  # type: ignore[attr-defined]
        return scopes is not None and all(map(self.identity.may, scopes))


async def nowhere(_scope: Any, receive: Any, send: Send) -> None:
    """Refuse a socket at an address where there is none."""
    await receive()
    await send({"type": "websocket.close"})


def _bearer_among(offered: Iterable[str]) -> str | None:
    """Return the token among the subprotocols, or None. Two are a bad one."""
    found = [name.removeprefix(_BEARER) for name in offered if name.startswith(_BEARER)]
    return ",".join(found) if found else None


def _request_of(scope: Mapping[str, Any]) -> HttpRequest:
    """Return as much of a Django request as sessions and languages need."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(origins.header(scope, b"cookie"))
    request.META["HTTP_ACCEPT_LANGUAGE"] = origins.header(scope, b"accept-language")
    return request
