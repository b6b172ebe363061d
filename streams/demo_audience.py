"""The demo's audience: people who watch and chat as apps do, by the API and the socket alone."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from streair.core.realtime.close_codes import CloseCode
from streams.demo_lines import (
    ANSWERS,
    ANSWERS_TO_QUESTIONS,
    CAST,
    CONVERSATIONS,
    ENGLISH_ANSWERS,
    REACTIONS,
    WELCOMES,
    Conversation,
)

logger = logging.getLogger(__name__)

_ANSWER_MARK = "↳ "
_REPLY_SECONDS = 10.0
_LOOK_SECONDS = 5.0
_AWAY = (OSError, requests.RequestException, WebSocketException, KeyError, ValueError)
# Of people who are no part of the demo: how many are remembered, and how many wait for an answer.
_MOST_GUESTS = 200
_MOST_HEARD = 5
# Vietnamese is often typed without its marks: letters alone do not tell.
_ENGLISH = frozenset(
    [
        "a",
        "am",
        "are",
        "cool",
        "great",
        "hello",
        "hey",
        "hi",
        "how",
        "is",
        "it",
        "the",
        "this",
        "what",
        "where",
        "you",
    ]
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast people think, read and type; tests are in a hurry."""

    scale: float = 1.0

    async def type(self, text: str) -> None:
        """Take the time that somebody takes to think of `text` and to type it."""
        await self.rest(1.5 + len(text) / 12)

    async def rest(self, seconds: float) -> None:
        """Do nothing for about so long."""
        await asyncio.sleep(self.scale * seconds * random.uniform(0.7, 1.5))  # noqa: S311


@dataclass(slots=True)
class Guest:
    """Something that somebody who is no part of the demo said, or that they came."""

    name: str
    text: str = ""
    message_id: int | None = None


@dataclass(eq=False)
class Member:
    """One of the audience, with a socket of their own."""

    username: str
    password: str
    hears: Callable[[Guest], None]
    pace: Pace
    room_id: str = ""
    is_out: bool = False  # A moderator has shown them the door; they do not try to come back.
    _token: str = ""
    _wire: ClientConnection | None = None
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _answers: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        """Whether they can say something."""
        return self._wire is not None

    async def watch(self, room_id: str) -> None:
        """Watch a room until it is over or they are shown out; come back when the connection is lost."""
        self.room_id = room_id
        while not self.is_out and self.room_id:
            try:
                self._token = self._token or await asyncio.to_thread(self._sign_in)
                await self._watch_once()
            except _AWAY as exc:
                logger.info("%s is away: %r", self.username, exc)
            await self.pace.rest(5)

    async def say(self, text: str, *, to: int | None = None) -> int | None:
        """Say something; return the message's id, or None when it could not be said."""
        if self._wire is None:
            return None
        try:
            answer = await self._ask("chat-message", {"message": text, "replyTo": to})
        except _AWAY:
            return None
        return answer["data"].get("id") if answer["event"] == "ack" else None

    def _sign_in(self) -> str:
        asked = {"username": self.username, "password": self.password}
        answer = requests.post(f"{_site()}/api/auth/login", json=asked, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["token"])

    async def _watch_once(self) -> None:
        offered: Any = ["streair", f"bearer.{self._token}"]
        address = f"ws://127.0.0.1:{settings.PORT}/ws/"
        async with connect(address, subprotocols=offered, proxy=None) as wire:
            try:
                await wire.send(_frame("join-room", {"roomId": self.room_id}, 0))
                async for text in wire:
                    self._hear(wire, json.loads(text))
                    if not self.room_id:
                        break
            finally:
                self._wire = None
                for answer in self._answers.values():
                    answer.set_exception(ConnectionError("The socket is gone."))
                self._answers.clear()
        self.is_out = self.is_out or wire.close_code == CloseCode.SHUT_OUT
        if wire.close_code == CloseCode.SIGNED_OUT:
            self._token = ""

    def _hear(self, wire: ClientConnection, frame: dict[str, Any]) -> None:
        event, data = frame["event"], frame["data"]
        if frame.get("id") == 0 and event == "ack":
            self._wire = wire
        elif frame.get("id") == 0:
            self.is_out = data["code"] == "banned-from-room"
            raise ConnectionError(data["message"])
        elif frame.get("id") in self._answers:
            self._answers.pop(frame["id"]).set_result(frame)
        elif event == "stream-ended":
            self.room_id = ""
        elif event in {"new-message", "viewer-joined"}:
            name = data.get("username")
            if name and name not in CAST:
                self.hears(Guest(name, data.get("message", ""), data.get("id")))

    async def _ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        assert self._wire is not None
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._wire.send(_frame(event, data, number))
            return await asyncio.wait_for(answer, _REPLY_SECONDS)
        finally:
            self._answers.pop(number, None)


class Audience:
    """All of them together: who talks about what, and who answers strangers."""

    def __init__(self, logins: Mapping[str, str], *, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self.members = {
            name: Member(name, password, self._hear, self._pace)
            for name, password in logins.items()
        }
        self._guests: asyncio.Queue[Guest] = asyncio.Queue(_MOST_HEARD)
        self._known: deque[int | str] = deque(maxlen=_MOST_GUESTS)

    async def run(self, streamer: str) -> None:
        """Watch whatever `streamer` shows, room after room, for ever."""
        while True:
            try:
                room_id = await asyncio.to_thread(_live_room, streamer)
            except _AWAY as exc:
                logger.info("The audience finds nobody: %r", exc)
                room_id = ""
            if room_id:
                await self.visit(room_id)
            await self._pace.rest(_LOOK_SECONDS)

    async def visit(self, room_id: str) -> None:
        """Watch one room and chat in it, until it is over."""
        async with asyncio.TaskGroup() as tasks:
            talks = [tasks.create_task(self._chat()), tasks.create_task(self._answer_guests())]
            await asyncio.gather(*(self._arrive(each, room_id) for each in self.members.values()))
            for talk in talks:
                talk.cancel()

    async def _arrive(self, member: Member, room_id: str) -> None:
        await self._pace.rest(12 * random.random())  # noqa: S311
        await member.watch(room_id)

    async def _chat(self) -> None:
        while True:
            for conversation in random.sample(CONVERSATIONS, len(CONVERSATIONS)):
                await self._pace.rest(6)
                await self._talk(conversation)

    async def _talk(self, conversation: Conversation) -> None:
        """Let them say their lines, if everybody is there whom it takes."""
        if not all(self.members[name].is_there for name, _line in conversation):
            return
        last: int | None = None
        for name, line in conversation:
            text = line.removeprefix(_ANSWER_MARK)
            await self._pace.type(text)
            said = await self.members[name].say(text, to=last if text != line else None)
            last = said or last
            if random.random() < 0.2:  # noqa: S311
                await self._react(name)

    async def _react(self, to: str) -> None:
        there = [each for each in self.members.values() if each.is_there and each.username != to]
        if there:
            text = random.choice(REACTIONS)  # noqa: S311
            await self._pace.type(text)
            await random.choice(there).say(text)  # noqa: S311

    # --- Strangers ---

    def _hear(self, guest: Guest) -> None:
        """Note what somebody said, once however many of us hear it; some of it, when it is much."""
        key = guest.message_id or guest.name
        if key in self._known or self._guests.full():
            return
        self._known.append(key)
        self._guests.put_nowait(guest)

    async def _answer_guests(self) -> None:
        while True:
            guest = await self._guests.get()
            text = random.choice(_answers_to(guest.text)).format(name=guest.name)  # noqa: S311
            await self._pace.type(text)
            there = [each for each in self.members.values() if each.is_there]
            if there:
                await random.choice(there).say(text, to=guest.message_id)  # noqa: S311


def _answers_to(text: str) -> tuple[str, ...]:
    """Return what could be said to that."""
    if not text:
        return WELCOMES
    if _ENGLISH & set(text.lower().replace("?", " ").split()):
        return ENGLISH_ANSWERS
    return ANSWERS_TO_QUESTIONS if text.rstrip().endswith("?") else ANSWERS


def _live_room(streamer: str) -> str:
    """Return the room in which `streamer` is on air, or nothing."""
    answer = requests.get(f"{_site()}/api/users/{streamer}", timeout=10)
    answer.raise_for_status()
    return str(answer.json().get("liveRoomId") or "")


def _site() -> str:
    return f"http://127.0.0.1:{settings.PORT}"


def _frame(event: str, data: dict[str, Any], number: int) -> str:
    return json.dumps({"event": event, "data": data, "id": number})
