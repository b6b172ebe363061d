"""A new version takes over while people watch, write and click: deploy/switch, there and back."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest
import requests
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from deploy.errors import CannotStart
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.process import wait_until
from tests.system.streamer import Console, Streamer
from tests.system.viewer import Viewer

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

VIEWERS = 8
READERS = 8
T = TypeVar("T")

# As pages do (static/js): viewers come back after half to all of a second, sockets within five.
VIEWER_PAUSE = (0.5, 1.0)
SOCKET_PAUSE = (0.0, 5.0)
PACE_SECONDS = 0.2  # Between two messages of one person.
# What is promised (docs/deployment.md).
BACK_SECONDS = 5.0


@pytest.fixture(scope="module")
def site() -> Iterator[FrontedSite]:
    with fronted_site(WEB_WORKERS="2") as running:
        yield running


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

    def away(self) -> list[float]:
        """Return for how long there were no pictures, for each time the stream ended."""
        seen = [visit.arrivals for visit in self.visits if visit.pictures]
        return [after[0] - before[-1] for before, after in itertools.pairwise(seen)]


class Clicker(threading.Thread):
    """Uses the API, one request after the other."""

    def __init__(self, site: FrontedSite, room_id: str, token: str, over: threading.Event) -> None:
        super().__init__()
        self._site, self._room_id, self._over = site, room_id, over
        self._headers = {"Authorization": f"Bearer {token}"}
        self.done = 0
        self.failures: list[str] = []

    def run(self) -> None:
        for number in itertools.count():
            if self._over.is_set():
                return
            try:
                self._call(number)
            except requests.RequestException as exc:
                self.failures.append(repr(exc))
            self.done += 1

    def _call(self, number: int) -> None:
        room = f"/api/rooms/{self._room_id}"
        if number % 4:
            answer = self._site.ask(["/api/rooms", room, "/"][number % 3])
        else:
            title = {"title": f"Title {number}"}
            answer = self._site.ask(room, "PATCH", json=title, headers=self._headers)
        if answer.status_code != 200:
            self.failures.append(f"{answer.status_code} {answer.text[:200]}")


class Page:
    """A page's socket: joins, comes back as the server asks, knows what was said."""

    def __init__(self, site: FrontedSite, room_id: str, token: str = "") -> None:
        self._site, self._room_id, self._token = site, room_id, token
        self.heard: dict[int, str] = {}
        self.codes: list[int] = []
        self.acknowledged: dict[int, str] = {}
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
                    for each in frame["data"]["messages"]:
                        self.heard[each["id"]] = each["message"]
                if self._token and not self._is_waiting(frame, saying):
                    await asyncio.sleep(PACE_SECONDS)
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


def test_nothing_is_refused_or_lost_while_versions_change(
    site: FrontedSite, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    streamer.publish()
    streamer.wait_for("live")
    console = Console(site)
    tokens = [console.ask("person", f"talker{n}", 3600)["app"] for n in range(2)]
    owner = console.ask("token_of", streamer.name)
    console.close()
    over = threading.Event()
    spectators = [Spectator(site, streamer.room_id, over) for _ in range(VIEWERS)]
    clickers = [Clicker(site, streamer.room_id, owner, over) for _ in range(2)]
    talkers = [Page(site, streamer.room_id, token) for token in tokens]
    readers = [Page(site, streamer.room_id) for _ in range(READERS)]
    talk = Talk([*talkers, *readers])
    said: list[str] = []

    with ExitStack() as stack:
        stack.callback(over.set)
        for thread in (*spectators, *clickers, talk):
            thread.start()
        stack.callback(talk.finish)
        wait_until(lambda: all(each.pictures() > 10 for each in spectators), timeout=30)
        for slot in ("2", "1"):
            site.switch(say=said.append)
            assert f"Slot {slot} is ready." in said
            wait_for_more(spectators, lambda each: each.pictures(), 10)
            wait_for_more(talkers, lambda each: len(each.acknowledged), 5)
        acknowledged = {k: v for each in talkers for k, v in each.acknowledged.items()}
        wait_until(
            lambda: all(acknowledged.keys() <= each.heard.keys() for each in readers), timeout=30
        )
    for thread in (*spectators, *clickers):
        thread.join(30)

    assert [failure for each in clickers for failure in each.failures] == []
    assert sum(each.done for each in clickers) > 50
    assert [{k: each.heard[k] for k in acknowledged} for each in readers] == [
        acknowledged
    ] * READERS
    # Everybody was told to come back, both times, by the code that spreads them.
    assert [each.codes for each in (*talkers, *readers)] == [[1012, 1012]] * (READERS + 2)
    away = [seconds for each in spectators for seconds in each.away()]
    logger.info(
        "Pictures were away for %s s; %d calls, %d messages.",
        [round(seconds, 2) for seconds in sorted(away)],
        sum(each.done for each in clickers),
        len(acknowledged),
    )
    assert len(away) == 2 * VIEWERS
    assert max(away) < BACK_SECONDS, sorted(away)
    endings = [visit.ending for each in spectators for visit in each.visits[:-1]]
    assert endings == ["whole"] * len(endings)


def test_a_version_that_does_not_start_changes_nothing(site: FrontedSite) -> None:
    other = next(slot for slot in site.slots.values() if not slot.web.is_running())
    kept, other.web.args = other.web.args, ["false"]

    with pytest.raises(CannotStart, match=r"web in slot . does not become ready"):
        site.switch(ready_seconds=1)

    other.web.args = kept
    assert not other.realtime.is_running()
    assert site.ask("/").status_code == 200
