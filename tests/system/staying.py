"""People who stay for as long as a test goes on: they come back when they are let go of, as pages do."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.servers.fronted import FrontedSite
from tests.servers.process import wait_until
from tests.system.viewer import Viewer

T = TypeVar("T")

# As pages do (static/js): viewers come back after half to all of a second, sockets within four.
VIEWER_PAUSE = (0.5, 1.0)
SOCKET_PAUSE = (0.0, 4.0)
PACE_SECONDS = 0.2  # Between two messages of one person.


class Spectator(threading.Thread):
    """Watches for as long as the test goes on; comes back when the stream ends."""

    def __init__(self, site: FrontedSite, room_id: str, over: threading.Event) -> None:
        super().__init__()
        self._site, self._room_id, self._over = site, room_id, over
        self.visits: list[Viewer] = []

    def run(self) -> None:
        while not self._over.is_set():
            with Viewer(self._site, self._room_id) as visit:
                self.visits.append(visit)
                while not (self._over.is_set() or visit.ending):
                    self._over.wait(0.02)
            self._over.wait(random.uniform(*VIEWER_PAUSE))

    def pictures(self) -> int:
        return sum(len(visit.pictures) for visit in self.visits)

    def last_picture(self) -> float:
        """Return when the last one came."""
        return max((visit.arrivals[-1] for visit in self.visits if visit.pictures), default=0.0)

    def away(self) -> list[float]:
        """Return for how long there were no pictures, for each time the stream ended."""
        seen = [visit.arrivals for visit in self.visits if visit.pictures]
        return [after[0] - before[-1] for before, after in itertools.pairwise(seen)]


class Page:
    """A page's socket: joins, comes back as the server asks, knows what was said."""

    def __init__(
        self, site: FrontedSite, room_id: str, token: str = "", *, pace: float = PACE_SECONDS
    ) -> None:
        self._site, self._room_id, self._token, self._pace = site, room_id, token, pace
        self.heard: dict[int, str] = {}
        self.codes: list[int] = []
        self.acknowledged: dict[int, str] = {}
        self.absences: list[float] = []  # In seconds, each until it was in the room again.
        self._lost_at: float | None = None
        self._numbers = itertools.count(1)

    async def run(self, over: asyncio.Event) -> None:
        """Be there until it is over."""
        options: dict[str, Any] = {"origin": self._site.url, "ssl": self._site.tls}
        if self._token:
            words = ("streair", f"bearer.{self._token}")
            options["subprotocols"] = [Subprotocol(word) for word in words]
        while not over.is_set():
            async with connect(self._site.websocket_url, **options) as wire:
                code = await self._stay(wire, over)
            if code is not None:
                self._lost_at = time.monotonic()
                self.codes.append(code)
                await asyncio.sleep(random.uniform(*SOCKET_PAUSE))

    async def _stay(self, wire: ClientConnection, over: asyncio.Event) -> int | None:
        last = max(self.heard, default=None)
        joined = {"roomId": self._room_id} | ({"lastMessageId": last} if last else {})
        saying = 0
        try:
            await self._tell(wire, "join-room", joined, 0)
            while not over.is_set():
                try:
                    frame = json.loads(await asyncio.wait_for(wire.recv(), 0.2))
                except TimeoutError:
                    frame = {}
                self._hear(frame, saying)
                if frame.get("id") == 0:
                    if self._lost_at is not None:
                        self.absences.append(time.monotonic() - self._lost_at)
                    for each in frame["data"]["messages"]:
                        self.heard[each["id"]] = each["message"]
                if self._token and not self._is_waiting(frame, saying):
                    await asyncio.sleep(self._pace)
                    saying = next(self._numbers)
                    text = f"{self._token[-4:]} says {saying}"
                    await self._tell(wire, "chat-message", {"message": text}, saying)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        return None

    def _is_waiting(self, frame: dict[str, Any], saying: int) -> bool:
        """Whether the answer to the last message is still to come; the first one waits for the join."""
        answered = frame.get("id") == saying and frame.get("event") in {"ack", "error"}
        return not answered

    def _hear(self, frame: dict[str, Any], saying: int) -> None:
        if frame.get("event") == "new-message":
            self.heard[frame["data"]["id"]] = frame["data"]["message"]
        elif saying and frame.get("id") == saying and frame["event"] == "ack":
            self.acknowledged[frame["data"]["id"]] = f"{self._token[-4:]} says {saying}"

    async def _tell(
        self, wire: ClientConnection, event: str, data: dict[str, Any], number: int
    ) -> None:
        await wire.send(json.dumps({"event": event, "data": data, "id": number}))


class Talk(threading.Thread):
    """Pages on a loop in a thread of their own: programs must be started by the main one."""

    def __init__(self, pages: list[Page]) -> None:
        super().__init__()
        self._pages = pages
        self._over = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            self._loop.run_until_complete(self._run())
        except BaseException as exc:  # noqa: BLE001 - the test raises it.
            self.fault = exc
        finally:
            self._loop.close()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for page in self._pages:
                tasks.create_task(page.run(self._over))

    def finish(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)
        self.join(30)
        if self.fault is not None:
            raise self.fault


def wait_for_more(those: Sequence[T], figure: Callable[[T], int], more: int) -> None:
    """Return once the figure of each of those has grown by so much."""
    begun = [figure(each) for each in those]

    def have_grown() -> bool:
        return all(figure(each) >= was + more for each, was in zip(those, begun, strict=True))

    wait_until(have_grown, timeout=40)
