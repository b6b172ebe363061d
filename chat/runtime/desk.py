"""Where a process's sockets hand in what they want to say: written by the dozen, then told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat import services
from chat.runtime import express
from chat.runtime.express import Outcome
from chat.runtime.feeds import SAID, current_feeds
from chat.runtime.lines import Line, Own
from chat.runtime.tempo import Tempo
from chat.services import Draft, Held, Written
from rooms.groups import group_of
from streair.core.errors import Unavailable
from streair.core.metrics import tallies
from streair.core.realtime.clerks import by_a_clerk
from streair.core.realtime.gathered import Gathered
from streair.core.realtime.hub import LAYER_ERRORS, current_hub
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.per_loop import per_loop

logger = logging.getLogger(__name__)
messages = tallies.keep(
    tallies.Counter("streair_chat_messages", "Messages by what became of them.", ["result"]),
)
_LATE = _("That did not work right now. Please try again in a moment.")

MOST_AT_ONCE = 100
# Whoever comes when so many wait in a room is sent away: the database is away, or far too slow.
MOST_WAITING = 1000
# So long people wait for an answer. What was not written by then is not written later, either.
ANSWER_SECONDS = 2.5
# After a message that could not take the short way, its room does not try it again for so long.
LONG_WAY_SECONDS = 2.0
# Of rooms in which nobody wants to say anything.
_KEPT_COUNTERS = 200

_write = by_a_clerk(services.write)


@dataclass(frozen=True, slots=True)
class Request:
    """Something that somebody wants to say, and how their page knows it again."""

    draft: Draft
    outbox: Outbox
    nonce: str | None


# The id of a message, or that it waits for a moderator.
Sent = int | Held


class Counter:
    """Writes into one room: what gathered while the last transaction ran is the next one.

    In a fast room more gathers: a transaction costs the same whether it writes one message or ten.

    The row first, then the readers: what nobody could look up later is told to nobody.
    """

    def __init__(self, room_id: str) -> None:
        self._room_id = room_id
        self._tempo = Tempo()
        self._long_way_until = float("-inf")
        self._requests = Gathered[Request, Sent](
            self._write, most=MOST_AT_ONCE, wait=self._tempo.let_gather
        )
        self._told = Gathered[Line, None](self._tell_others, most=MOST_WAITING)

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits here."""
        return self._requests.is_idle and self._told.is_idle

    async def send(self, request: Request) -> Sent:
        """Write a message and return its id, or raise why that may not or cannot be."""
        if len(self._requests) >= MOST_WAITING:
            raise Unavailable(_LATE)
        answer = self._requests.add(request)
        patience = asyncio.get_running_loop().call_later(ANSWER_SECONDS, _give_up, answer)
        try:
            return await answer
        finally:
            patience.cancel()

    async def _write(self, requests: Sequence[Request]) -> Sequence[Sent | Exception]:
        self._tempo.step()
        drafts = [request.draft for request in requests]
        outcomes = await self._outcomes(drafts)
        _count(outcomes)
        lines, own = [], []
        for request, outcome in zip(requests, outcomes, strict=True):
            if isinstance(outcome, Written):
                line = Line.of(outcome.event, outcome.previous_id)
                lines.append(line)
                if request.nonce is not None:
                    own.append((line.id, Own.of(line, request.outbox, request.nonce)))
        current_feeds().take(self._room_id, lines, own)
        if settings.REDIS_URL and lines and not self._have_told(lines):
            for line in lines:
                self._told.add(line)
        return [
            outcome.event.id if isinstance(outcome, Written) else outcome for outcome in outcomes
        ]

    async def _outcomes(self, drafts: Sequence[Draft]) -> Sequence[Outcome]:
        if time.monotonic() >= self._long_way_until:
            outcomes = await express.write(self._room_id, drafts)
            if outcomes is not None:
                return outcomes
            self._long_way_until = time.monotonic() + LONG_WAY_SECONDS
        return await _write(room_id=self._room_id, drafts=drafts)

    def _have_told(self, lines: Sequence[Line]) -> bool:
        """Tell the other processes now, if nobody has to wait for that.

        What they miss they see by the gap, or are told to look for when a connection broke.
        """
        try:
            return current_hub().send_now(group_of(self._room_id), self._news(lines))
        except LAYER_ERRORS as exc:
            logger.info("Other processes are not told at once: %r", exc)
            return False

    async def _tell_others(self, lines: Sequence[Line]) -> Sequence[None]:
        """Tell the other processes, as soon as somebody can be told."""
        try:
            await current_hub().send(group_of(self._room_id), self._news(lines))
        except LAYER_ERRORS as exc:
            logger.warning("Other processes did not hear of a message: %r", exc)
        return [None] * len(lines)

    def _news(self, lines: Sequence[Line]) -> dict[str, Any]:
        told = [(line.previous_id, line.id, line.user_id, line.data) for line in lines]
        return {"type": SAID, "roomId": self._room_id, "lines": told}


def _give_up(answer: asyncio.Future[Sent]) -> None:
    if not answer.done():
        answer.set_exception(Unavailable(_LATE))


def _count(outcomes: Sequence[Written | Held | Exception]) -> None:
    written = sum(isinstance(outcome, Written) for outcome in outcomes)
    held = sum(isinstance(outcome, Held) for outcome in outcomes)
    counts = {"written": written, "held": held, "refused": len(outcomes) - written - held}
    for result, count in counts.items():
        if count:
            messages.add(result, by=count)


class Desk:
    """The counters of a process, one for each room that somebody writes into."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter] = {}

    async def send(self, room_id: str, request: Request) -> Sent:
        """Write a message and return its id, or raise why that may not or cannot be."""
        counter = self._counters.get(room_id)
        if counter is None:
            if len(self._counters) >= _KEPT_COUNTERS:
                busy = {key: each for key, each in self._counters.items() if not each.is_idle}
                self._counters = busy
            counter = self._counters[room_id] = Counter(room_id)
        return await counter.send(request)


current_desk = per_loop(Desk)


def deadline() -> float:
    """Return the moment after which a request of now is answered by a refusal."""
    return time.monotonic() + ANSWER_SECONDS
