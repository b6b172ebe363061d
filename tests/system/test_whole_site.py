"""The site as production has it: a front, two page processes, four for sockets and video, two ingest nodes.

Two rooms full of people (`full_house`), for whom all of this is one; what one test changes, the next one finds.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from itertools import chain
from xml.etree import ElementTree

import pytest
import requests

from tests.servers.process import wait_until
from tests.system.crowd import Watcher
from tests.system.full_house import PROCESSES, Evening, full_house

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

# What is promised. After a killed process the number may take longer (docs/protocol.md says ten).
COUNT_SECONDS, COUNT_AFTER_DEATH_SECONDS = 5.0, 45.0
BACK_SECONDS, TOLD_SECONDS = 5.0, 2.0


@pytest.fixture(scope="module")
def evening() -> Iterator[Evening]:
    with full_house() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def first_shares(evening: Evening) -> tuple[dict[int, float], dict[int, float]]:
    """How everybody was spread before anything happened."""
    return evening.shares()


@pytest.fixture(autouse=True)
def _everybody_has_heard_everything_once_and_in_order(evening: Evening) -> Iterator[None]:
    yield
    said = [room.said() for room in evening.rooms]
    kept = [evening.console.ask("said_in", room.room_id) for room in evening.rooms]
    for room, acknowledged, texts in zip(evening.rooms, said, kept, strict=True):
        assert set(acknowledged) <= set(texts)
        assert len(texts) == len(set(texts))
        wait_until(partial(room.have_heard, texts), timeout=10)
        assert [fault for player in room.players for fault in player.faults] == []
        # Nobody was refused; who was killed while somebody spoke could not answer.
        refused = [speaker.refused for speaker in room.speakers]
        assert {*chain(*refused)} <= {"socket lost", "no answer"}
        assert max(map(len, refused)) <= 1


def readers_at(control: str, secret: str = "") -> dict[str, int]:
    """Return how many read each stream that an ingest node has."""
    answer = requests.get(f"{control}/stat", headers={"X-Hook-Secret": secret}, timeout=5)
    found = ElementTree.fromstring(answer.content).iterfind(".//stream")  # noqa: S314 - our own.
    return {s.findtext("name", ""): int(s.findtext("nclients", "0")) - 1 for s in found}


def test_each_room_is_read_at_its_own_node(evening: Evening) -> None:
    seen = [room.streamer.look() for room in evening.rooms]
    [here], [there] = (each["sessions"] for each in seen)

    assert [each["nodes"] for each in seen] == [["main"], ["hanoi"]]
    main = readers_at(evening.site.sidecar_url)
    hanoi = readers_at(evening.node.ports.control, evening.node.secret)
    assert [{*main}, {*hanoi}] == [{here}, {there}]
    logger.info("%d and %d processes read them.", main[here], hanoi[there])
    assert min(main[here], hanoi[there]) > 1
    for room in evening.rooms:
        assert {size for player in room.players for size in player.sizes} == {room.clip.size}
        assert all(player.sizes for player in room.players)


def test_people_are_in_all_processes_and_the_metrics_add_them_up(
    evening: Evening, first_shares: tuple[dict[int, float], dict[int, float]]
) -> None:
    sockets, streams = first_shares

    assert len(sockets) == PROCESSES
    assert min(sockets.values()) > 0
    # They are half as many, and whoever is quickest takes the next one.
    assert sum(share > 0 for share in streams.values()) >= PROCESSES - 1
    # Not for everybody.
    assert evening.site.ask("/metrics").status_code == 404


def test_everybody_sees_the_right_number_after_half_left_and_others_came(evening: Evening) -> None:
    evening.see_the_right_number(within=COUNT_SECONDS)
    for room in evening.rooms:
        talking = {speaker.page for speaker in room.speakers}
        readers = [page for page in room.pages if page not in talking]
        room.leave(*room.players[::2], *readers[::2], *room.guests[::2])
    evening.see_the_right_number(within=COUNT_SECONDS)
    for room in evening.rooms:
        room.let_in(players=5, guests=6)
    evening.see_the_right_number(within=COUNT_SECONDS)


def test_a_killed_process_costs_its_own_people_a_moment_and_nobody_else(evening: Evening) -> None:
    sockets, streams = evening.shares()
    killed = max(evening.workers, key=lambda pid: sockets[pid] * streams[pid])
    before = [*chain(*(room.comings() for room in evening.rooms))]
    guests = sum(len(room.here) for room in evening.rooms)
    begun = time.monotonic()

    def again() -> list[int]:
        after = chain(*(room.comings() for room in evening.rooms))
        return [now - was for was, now in zip(before, after, strict=True)]

    def are_back() -> bool:
        gone = guests - sum(len(room.here) for room in evening.rooms)
        return sum(again()) + gone == sockets[killed] + streams[killed]

    os.kill(killed, signal.SIGKILL)
    wait_until(are_back, timeout=BACK_SECONDS, what="its people to be back, and no others")
    came = time.monotonic()
    wait_until(lambda: all(room.are_watching(came) for room in evening.rooms), timeout=BACK_SECONDS)
    back = time.monotonic() - begun
    evening.see_the_right_number(within=COUNT_AFTER_DEATH_SECONDS)
    right = time.monotonic() - begun
    said = {each: len(each.said) for room in evening.rooms for each in room.speakers}
    wait_until(lambda: all(len(each.said) > was + 1 for each, was in said.items()), timeout=20)

    logger.info("%d came again within %.1f s; the number took %.1f s.", sum(again()), back, right)
    assert back < BACK_SECONDS
    assert max(again()) == 1
    assert killed not in evening.workers
    evening.shares()


def test_who_is_banned_is_out_in_every_process(evening: Evening) -> None:
    room = evening.rooms[0]
    token = evening.console.ask("person", "rude", 3600)["app"]
    before, _streams = evening.shares()
    comings, here = room.comings(), room.here
    options = {"ssl": evening.site.tls, "subprotocols": [f"bearer.{token}"]}
    rude = [Watcher(evening.site, room.room_id, "App", **options) for _ in range(3 * PROCESSES)]
    for each in rude:
        evening.clients.run(each.run())
    wait_until(lambda: all(each.has_joined for each in rude), what="the rude one to be in")

    def where() -> list[int]:
        after = evening.by_process("streair_sockets")
        more = {pid: int(after[pid] - before[pid]) for pid in before}
        return [pid for pid in more if more[pid]] if sum(more.values()) == len(rude) else []

    assert len(wait_until(where, what="all of them to be counted")) > 1

    evening.console.ask("ban", room.room_id, "rude")

    wait_until(lambda: all(each.is_closed for each in rude), timeout=TOLD_SECONDS)
    assert {each.code for each in rude} == {4003}
    assert (room.comings(), room.here) == (comings, here)


def test_a_room_that_ends_says_so_in_every_process_and_its_encoder_is_dropped(
    evening: Evening,
) -> None:
    others = list(evening.rooms)
    before = [(room.comings(), room.here) for room in others]
    with evening.room("160x90", server=evening.node.ports.server) as ending:
        ending.let_in(players=6, readers=6, guests=6)

        ending.streamer.end()

        wait_until(
            lambda: (
                all("stream-ended" in page.events for page in ending.pages)
                and all(guest.has_heard("stream-ended") for guest in ending.guests)
            ),
            timeout=TOLD_SECONDS,
            what="everybody to be told",
        )
        wait_until(lambda: all(player.refusals[404] for player in ending.players), timeout=5)
        node = evening.node.ports.control, evening.node.secret
        wait_until(lambda: len(readers_at(*node)) == 1, what="the encoder to be dropped")
    now = time.monotonic()
    wait_until(lambda: all(room.are_watching(now) for room in others), timeout=5)
    assert [(room.comings(), room.here) for room in others] == before
