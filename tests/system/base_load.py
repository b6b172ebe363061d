"""An evening on the site: two streamers, their viewers, pages with sockets, and somebody who counts aloud."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed

from streams.flv_endpoint import PREFIX
from streams.relay.errors import FlvError
from streams.relay.flv import FlvParser
from tests.servers.clips import Clip, clip_file
from tests.servers.process import Program, wait_until
from tests.servers.site import Site
from tests.system.chatters import Page
from tests.system.streamer import Console, Streamer

VIEWERS = PAGES = 50
# Many of them fit beside everything else on a small machine.
CLIP = Clip(size="320x180", video_kbit=150, gop_seconds=1)
_BETWEEN_MESSAGES = 0.2
# OBS waits two seconds; whoever tries sooner shows sooner that the site is back.
_ENCODER_PAUSE = 0.5


class Player:
    """Watches, parses every byte, keeps none; comes back when the stream ends."""

    def __init__(self, site: Site, room: str) -> None:
        self._site = site
        self._room = room
        self.heard_at = 0.0
        self.runs = 0
        self.refusals: Counter[int] = Counter()
        self.faults: list[str] = []

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._watch()
            await asyncio.sleep(random.uniform(0.2, 0.8))

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._site.addresses.port)
        try:
            # The old HTTP: without chunks around the stream.
            writer.write(
                f"GET {PREFIX}{self._room}.flv HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode()
            )
            status = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
            if status == 200:
                self.runs += 1
                await self._read(reader)
            else:
                self.refusals[status] += 1
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        parser, last = FlvParser(), 0
        try:
            while data := await reader.read(65536):
                for tag in parser.feed(data):
                    if tag.is_video and not tag.is_sequence_header:
                        self.heard_at = time.monotonic()
                        if tag.timestamp < last:
                            self.faults.append(f"back from {last} to {tag.timestamp}")
                        last = tag.timestamp
        except FlvError as exc:
            self.faults.append(str(exc))


class Encoder:
    """Publishes, and tries again as long as it is there, as OBS does."""

    def __init__(self, streamer: Streamer) -> None:
        self._streamer = streamer
        self._program: Program | None = None
        self._is_over = threading.Event()
        # The kernel ends a program together with the thread that started it: this one stays.
        self._thread = threading.Thread(target=self._run, name=f"encoder of {streamer.name}")
        self.starts = 0
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        if self._program is not None:
            self._program.stop()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._is_over.is_set():
            self.starts += 1
            self._program = self._streamer.publish(clip=CLIP)
            while self._program.is_running() and not self._is_over.is_set():
                time.sleep(0.05)
            self._is_over.wait(_ENCODER_PAUSE)


class Load:
    """All of them. A thread with an event loop of its own drives players and pages."""

    def __init__(self, site: Site, streamers: list[Streamer], session: str) -> None:
        self.streamers = streamers
        clip_file(CLIP)  # Before two threads make it at the same time.
        rooms = [streamer.room_id for streamer in streamers]
        self.encoders = [Encoder(streamer) for streamer in streamers]
        self.players = [Player(site, rooms[number % 2]) for number in range(VIEWERS)]
        self.pages = [Page(site, rooms[0], "" if n else session) for n in range(PAGES)]
        self.said: list[str] = []  # and acknowledged
        self.refused: list[str] = []  # by code
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._drive, name="load")

    def start(self) -> None:
        for streamer in self.streamers:
            streamer.wait_for("live", timeout=40)
        self._thread.start()
        wait_until(self.is_whole, timeout=60, what="everybody to be there")

    def stop(self) -> None:
        """End everything, encoders last."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(20)
        for encoder in self.encoders:
            encoder.stop()

    def is_whole(self) -> bool:
        """Whether everybody watches, hears and is answered right now."""
        return self.are_watching() and self.have_heard(len(self.said)) and bool(self.said)

    def are_watching(self, since: float | None = None) -> bool:
        """Whether every player has had a picture since then; else within two seconds."""
        after = time.monotonic() - 2 if since is None else since
        return all(player.heard_at > after for player in self.players)

    def have_heard(self, count: int) -> bool:
        """Whether every page has heard the first so many messages that were acknowledged."""
        wanted = set(self.said[:count])
        return all(wanted <= set(page.texts) for page in self.pages)

    def says(self, more: int) -> Callable[[], bool]:
        """Return whether so many more messages have been acknowledged since this call."""
        until = len(self.said) + more
        return lambda: len(self.said) >= until

    def faults(self) -> list[str]:
        """Return what never may be: streams that cannot be decoded, messages heard twice or out of order."""
        found = [fault for player in self.players for fault in player.faults]
        for page in self.pages:
            numbers = [int(text) for text in page.texts]
            if numbers != sorted(set(numbers)):
                found.append(f"a page heard {numbers}")
        return found

    def _drive(self) -> None:
        asyncio.set_event_loop(self._loop)
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._task = asyncio.current_task()
        async with asyncio.TaskGroup() as tasks:
            for player in self.players:
                tasks.create_task(player.run())
            for page in self.pages:
                tasks.create_task(page.run())
            tasks.create_task(self._count_aloud())

    def _cancel(self) -> None:
        assert self._task is not None
        self._task.cancel()

    async def _count_aloud(self) -> None:
        while True:
            self._count += 1
            begun = self._loop.time()
            await self._say(str(self._count))
            await asyncio.sleep(max(begun + _BETWEEN_MESSAGES - self._loop.time(), 0.02))

    async def _say(self, text: str) -> None:
        try:
            answer = await self.pages[0].say(text, patience=6)
        except (TimeoutError, ConnectionClosed):
            self.refused.append("no answer")
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
            self.refused.append("socket lost")  # Nobody knows; the database does.
        else:
            if answer["event"] == "ack":
                self.said.append(text)
            else:
                self.refused.append(answer["data"]["code"])


@contextmanager
def base_load(
    site: Site, make_streamer: Callable[[], Streamer], console: Console
) -> Iterator[Load]:
    """Run it until the block ends."""
    session = console.ask("person", "somebody_who_counts", 3600)["session"]
    load = Load(site, [make_streamer(), make_streamer()], session)
    try:
        load.start()
        yield load
    finally:
        load.stop()
