"""An evening on a site as production has it: rooms at two ingest nodes, and people in every process."""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from streair.core.metrics.snapshots import Process
from tests.servers.clips import Clip
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.node import IngestNode, NodePorts
from tests.servers.process import ServerError, wait_until
from tests.system.background import Background
from tests.system.base_load import Player
from tests.system.chatters import Page, Speaker
from tests.system.crowd import Watcher
from tests.system.figures import collect, viewers_of
from tests.system.streamer import Console, Streamer, streamers

logger = logging.getLogger(__name__)

PROCESSES = 4
# Five messages in ten seconds are what one person may say.
_BETWEEN_MESSAGES = 2.1

Client = Player | Page | Watcher | Speaker
T = TypeVar("T", Player, Page, Watcher, Speaker)


class Room:
    """A room on air, and everybody in it, each of them somebody else.

    Players and pages come back when they are let go of; guests do not.
    """

    def __init__(
        self, site: FrontedSite, streamer: Streamer, clients: Background, clip: Clip
    ) -> None:
        self.streamer, self.clip = streamer, clip
        self.room_id: str = streamer.room_id
        self.players: list[Player] = []
        self.pages: list[Page] = []
        self.guests: list[Watcher] = []
        self.speakers: list[Speaker] = []
        self._site, self._clients = site, clients
        self._names = map("Program {}".format, itertools.count(1))
        self._running: dict[Client, Future[None]] = {}

    def let_in(self, *, players: int = 0, readers: int = 0, guests: int = 0) -> None:
        """Return once so many more are in, and everybody watches."""
        where = self._site, self.room_id
        for _ in range(players):
            self.players.append(self._run(Player(*where, program=next(self._names))))
        for _ in range(readers):
            self.pages.append(self._run(Page(*where, browser=next(self._names))))
        for _ in range(guests):
            guest = Watcher(*where, next(self._names), ssl=self._site.tls)
            self.guests.append(self._run(guest))
        wait_until(self._are_in, timeout=40, what="everybody to be in")

    def let_talk(self, name: str, session: str) -> None:
        """Have somebody who is signed in come and count aloud."""
        page = self._run(Page(self._site, self.room_id, session))
        self.pages.append(page)
        self.speakers.append(self._run(Speaker(page, every=_BETWEEN_MESSAGES, name=name)))

    def leave(self, *those: Client) -> None:
        for each in those:
            self._running.pop(each).cancel()
        self.players = [each for each in self.players if each not in those]
        self.pages = [each for each in self.pages if each not in those]
        self.guests = [each for each in self.guests if each not in those]

    @property
    def here(self) -> list[Watcher]:
        """The guests who are still there."""
        return [guest for guest in self.guests if not guest.is_closed]

    @property
    def sockets(self) -> int:
        return len(self.pages) + len(self.here)

    def comings(self) -> list[int]:
        """Return how often each page and each player has come so far."""
        return [*(page.joins for page in self.pages), *(each.runs for each in self.players)]

    def are_watching(self, since: float) -> bool:
        """Whether every player has had a picture since then."""
        return all(player.heard_at > since for player in self.players)

    @property
    def people(self) -> int:
        return self.sockets + len(self.players)

    def shown(self) -> set[int]:
        """Return how many people there are, as every page shows it, and as the API says."""
        pages = {page.viewers for page in self.pages} | {guest.viewers for guest in self.here}
        return pages | {viewers_of(self._site, self.room_id)}

    def said(self) -> list[str]:
        """Return what was acknowledged."""
        return [text for speaker in self.speakers for text in speaker.said]

    def have_heard(self, texts: list[str]) -> bool:
        """Whether every page has heard these, which were the first, all of them once and in order."""
        if not all(set(texts) <= set(page.texts) for page in self.pages):
            return False
        for page in self.pages:
            assert page.texts[: len(texts)] == texts
        return True

    def _run(self, client: T) -> T:
        self._running[client] = self._clients.run(client.run())
        return client

    def _are_in(self) -> bool:
        guests = all(guest.has_joined for guest in self.guests)
        pages = all(page.is_there for page in self.pages)
        return guests and pages and self.are_watching(time.monotonic() - 2)


class Evening:
    """The site, and what goes on there."""

    def __init__(
        self,
        site: FrontedSite,
        node: IngestNode,
        console: Console,
        clients: Background,
        make_streamer: Callable[[], Streamer],
    ) -> None:
        self.site, self.node, self.console, self.clients = site, node, console, clients
        self._make_streamer = make_streamer
        self.rooms: list[Room] = []

    def see_the_right_number(self, *, within: float) -> None:
        """Return once it stands on every page of every room."""

        def is_right() -> bool:
            return all(room.shown() == {room.people} for room in self.rooms)

        try:
            wait_until(is_right, timeout=within, what="the right number")
        except ServerError as exc:
            seen = [f"{room.people}, not {room.shown()}" for room in self.rooms]
            raise ServerError(f"{exc}: {seen}") from None

    @contextmanager
    def room(self, size: str, *, server: str = "") -> Iterator[Room]:
        """A room on air with pictures of this size; everybody leaves with the block."""
        clip = Clip(size=size, video_kbit=150, gop_seconds=1)
        streamer = self._make_streamer()
        encoder = streamer.publish(clip=clip, server=server)
        streamer.wait_for("live")
        room = Room(self.site, streamer, self.clients, clip)
        self.rooms.append(room)
        try:
            yield room
        finally:
            self.rooms.remove(room)
            room.leave(*room.players, *room.pages, *room.guests, *room.speakers)
            encoder.stop()

    def fill(self, room: Room, *, talkers: int, players: int, readers: int, guests: int) -> None:
        """Let people in; those who talk begin when the others are there."""
        room.let_in(players=players, readers=readers, guests=guests)
        for number in range(talkers):
            name = f"{'abcdef'[number]}_of_{room.clip.size}"
            room.let_talk(name, self.console.ask("person", name, 3600)["session"])
        wait_until(room.said, what="somebody to say something")

    @property
    def workers(self) -> set[int]:
        """The processes for sockets and video, without their master."""
        master = self.site.slots["1"].realtime
        return {*master.pids()} - {master.pid}

    def by_process(self, name: str) -> dict[int, float]:
        """Return a number of each living process for sockets and video, as it wrote it down."""
        found = {}
        for path in (self.site.data / "run" / "metrics").glob("web-*.json"):
            process = Process.of(path.stem)
            if process is not None and process.pid in self.workers:
                family = json.loads(path.read_bytes())["families"][name]
                found[process.pid] = float(sum(value for _labels, value in family["values"]))
        return found

    def shares(self) -> tuple[dict[int, float], dict[int, float]]:
        """Return the sockets and the streams of each process, once they add up to all there are."""
        names = "streair_sockets", "streair_flv_streams"
        wanted = [sum(room.sockets for room in self.rooms), sum(len(r.players) for r in self.rooms)]

        def added_up() -> tuple[dict[int, float], dict[int, float]] | None:
            told = collect(f"http://127.0.0.1:{self.site.addresses.port}")
            sockets, streams = map(self.by_process, names)
            told_of = [told[name,] for name in names]
            written = [sum(share.values()) for share in (sockets, streams)]
            is_so = told_of == written == wanted
            is_so &= sockets.keys() == streams.keys() == self.workers
            return (sockets, streams) if is_so else None

        found = wait_until(added_up, timeout=20, what=f"{wanted} in all processes", every=0.3)
        assert found is not None
        logger.info("Sockets and streams of each process: %s", [[*s.values()] for s in found])
        return found


@contextmanager
def full_house() -> Iterator[Evening]:
    """Two rooms full of people, the first at the site's own RTMP server, the second at a node elsewhere."""
    ports = NodePorts("hanoi")
    nodes = f"main,{ports.word}"
    with (
        fronted_site(WEB_WORKERS=str(PROCESSES), INGEST_NODES=nodes) as site,
        IngestNode(site, ports, INGEST_CERTIFICATES=str(site.certificate)) as node,
        streamers(site) as make_streamer,
        Background() as clients,
    ):
        console = Console(site)
        evening = Evening(site, node, console, clients, make_streamer)
        with evening.room("320x180") as here, evening.room("256x144", server=ports.server) as there:
            for room in (here, there):
                evening.fill(room, talkers=3, players=10, readers=12, guests=5)
            yield evening
        console.close()
