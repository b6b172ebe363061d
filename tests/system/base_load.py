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

from streams.flv_endpoint import PREFIX
from streams.relay.errors import FlvError, SpsError
from streams.relay.flv import FlvParser
from streams.relay.inspector import HEADER_SIZE
from streams.relay.sps import read_configuration
from tests.servers.clips import Clip, clip_file
from tests.servers.process import Program, wait_until
from tests.servers.site import Site
from tests.system.background import Background
from tests.system.chatters import Page, Speaker
from tests.system.streamer import Console, Streamer

VIEWERS = PAGES = 50
# Many of them fit beside everything else on a small machine.
CLIP = Clip(size="320x180", video_kbit=150, gop_seconds=1)
_BETWEEN_MESSAGES = 0.2
# OBS waits two seconds; whoever tries sooner shows sooner that the site is back.
_ENCODER_PAUSE = 0.5


class Player:
    """Watches, parses every byte, keeps none; comes back when the stream ends."""

    def __init__(self, site: Site, room: str, *, program: str = "") -> None:
        self._door = site.door
        head = [f"GET {PREFIX}{room}.flv HTTP/1.0", f"Host: {site.door[0]}"]
        head += [f"User-Agent: {program}"] if program else []
        # The old HTTP: without chunks around the stream.
        self._request = "\r\n".join([*head, "", ""]).encode()
        self.heard_at = 0.0
        self.sizes: set[str] = set()  # of the pictures
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
        host, port, tls = self._door
        reader, writer = await asyncio.open_connection(host, port, ssl=tls)
        try:
            writer.write(self._request)
            status = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
            if status == 200:
                self.runs += 1
                await self._read(reader)
            else:
                self.refusals[status] += 1
        finally:
            writer.close()
            try:
                with contextlib.suppress(OSError):
                    await asyncio.wait_for(writer.wait_closed(), 5)
            finally:
                # Whoever is told to leave while hanging up does not wait for the other side.
                # (Python 3.11.2 fails at it where a TLS connection is over already.)
                with contextlib.suppress(AttributeError):
                    writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        parser, last = FlvParser(), 0
        try:
            while data := await reader.read(65536):
                for tag in parser.feed(data):
                    if tag.is_video and tag.is_sequence_header:
                        found = read_configuration(tag.body[HEADER_SIZE:])
                        self.sizes.add(f"{found.width}x{found.height}")
                    elif tag.is_video:
                        self.heard_at = time.monotonic()
                        if tag.timestamp < last:
                            self.faults.append(f"back from {last} to {tag.timestamp}")
                        last = tag.timestamp
        except (FlvError, SpsError) as exc:
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
    """All of them."""

    def __init__(self, site: Site, streamers: list[Streamer], session: str) -> None:
        self.streamers = streamers
        clip_file(CLIP)  # Before two threads make it at the same time.
        rooms = [streamer.room_id for streamer in streamers]
        self.encoders = [Encoder(streamer) for streamer in streamers]
        self.players = [Player(site, rooms[number % 2]) for number in range(VIEWERS)]
        self.pages = [Page(site, rooms[0], "" if n else session) for n in range(PAGES)]
        self._speaker = Speaker(self.pages[0], every=_BETWEEN_MESSAGES)
        self._clients = Background()

    @property
    def said(self) -> list[str]:
        return self._speaker.said

    @property
    def refused(self) -> list[str]:
        return self._speaker.refused

    def start(self) -> None:
        for streamer in self.streamers:
            streamer.wait_for("live", timeout=40)
        self._clients.start()
        everybody: list[Player | Page | Speaker] = [*self.players, *self.pages, self._speaker]
        for each in everybody:
            self._clients.run(each.run())
        wait_until(self.is_whole, timeout=60, what="everybody to be there")

    def stop(self) -> None:
        """End everything, encoders last."""
        try:
            self._clients.stop()
        finally:
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
