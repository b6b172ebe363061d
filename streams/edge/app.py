"""The ASGI application of an edge: lets in who has a ticket, and moves bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs

from streams.edge import refusals, tickets
from streams.edge.beats import Beats
from streams.edge.config import PATH, Config
from streams.edge.inside import EdgeInside
from streams.edge.metrics import EdgeNumbers
from streams.edge.origin import Origin
from streams.edge.refusals import Refusal
from streams.edge.sources import Sources
from streams.edge.tickets import EDGE, BadTicket, Purpose, Ticket
from streams.outpost.inside import Headers, Message, Receive, Send, answer
from streams.relay.delivery import deliver
from streams.relay.errors import RelayClosed
from streams.relay.rooms import Rooms

_NAME = re.compile(re.escape(PATH) + r"([0-9A-Za-z]{1,64})\.flv")
_HEADERS = (
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


class EdgeApp:
    """Answers viewers, and edges that read from this one."""

    def __init__(self, config: Config) -> None:
        self.origin = Origin(config)
        sources = Sources(config, self.origin)
        self.rooms = Rooms(locate=sources.locate, opener=sources.open)
        self.beats = Beats(config, self.rooms)
        self.numbers = EdgeNumbers(config, self.rooms, self.beats, self.origin)
        self._inside = EdgeInside(config, self.beats, self.origin, self.numbers)
        self._config = config
        self._pages = config.pages.encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: an error as JSON, or FLV until somebody has had enough."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        headers = dict(scope["headers"])
        shared = self._for_pages(headers)
        if (told := self._inside.tell(scope)) is not None:
            await told.send_to(scope, send)
        elif scope["method"] == "OPTIONS":
            await answer(scope, send, 204, b"", shared)
        elif isinstance(admitted := self._admit(scope), Refusal):
            await self._refuse(scope, send, admitted, headers, shared)
        else:
            await self._deliver(admitted, scope, receive, send, headers, shared)

    async def _deliver(
        self,
        ticket: Ticket,
        scope: Message,
        receive: Receive,
        send: Send,
        headers: dict[bytes, bytes],
        shared: list[tuple[bytes, bytes]],
    ) -> None:
        extra = (*_HEADERS, *shared)
        self.numbers.answered["200"] += 1
        try:
            await deliver(
                self.rooms, ticket.room, scope, receive, send, headers=extra, label=ticket.viewer
            )
        except RelayClosed:
            await self._refuse(scope, send, refusals.RESTARTING, headers, shared)

    async def _refuse(
        self,
        scope: Message,
        send: Send,
        refusal: Refusal,
        asked: dict[bytes, bytes],
        more: Headers,
    ) -> None:
        self.numbers.refused[refusal.code] += 1
        self.numbers.answered[str(refusal.status)] += 1
        language = asked.get(b"accept-language", b"").decode("latin-1")
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *more]
        if refusal.retry_after is not None:
            headers.append((b"retry-after", str(refusal.retry_after).encode()))
        if refusal.status == 405:
            headers.append((b"allow", b"GET, HEAD"))
        await answer(scope, send, refusal.status, refusal.body(language), headers)

    def _admit(self, scope: Message) -> Ticket | Refusal:
        match = _NAME.fullmatch(scope["path"])
        if match is None:
            return refusals.NO_SUCH_ROOM
        if scope["method"] not in {"GET", "HEAD"}:
            return refusals.WRONG_METHOD
        ticket = self._ticket(scope.get("query_string", b""))
        if ticket is None or ticket.room != match[1]:
            return refusals.BAD_TICKET
        if self.rooms.viewer_count() >= self._config.most_viewers:
            return refusals.FULL
        return ticket

    def _ticket(self, query: bytes) -> Ticket | None:
        """Return the ticket that came along, of a viewer or of another edge."""
        shown = parse_qs(query.decode("latin-1")).get("ticket", [])
        for purpose in Purpose if len(shown) == 1 else ():
            try:
                found = tickets.read(shown[0], purpose, secret=self._config.secret)
            except BadTicket:
                continue
            return replace(found, viewer=EDGE) if purpose is Purpose.PULL else found
        return None

    def _for_pages(self, headers: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """Return what lets the site's pages, and nobody else's, read the answer (CORS)."""
        if headers.get(b"origin") != self._pages:
            return [(b"vary", b"origin")]
        return [
            (b"access-control-allow-origin", self._pages),
            (b"access-control-allow-methods", b"GET, HEAD"),
            (b"access-control-allow-headers", b"range"),
            (b"access-control-max-age", b"600"),
            (b"vary", b"origin"),
        ]
