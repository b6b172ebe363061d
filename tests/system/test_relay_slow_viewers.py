"""Viewers who cannot keep up, beside one who can."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from streams.flv_endpoint import PREFIX
from streams.relay.flv import Tag, TagKind
from tests.servers.process import wait_until
from tests.servers.rtmp_publisher import RtmpPublisher
from tests.servers.site import Site
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer
from tests.unit.streams.relay.samples import headers

pytestmark = pytest.mark.system

FPS = 25
FRAME_SIZE = 80_000  # 16 Mbit/s: what lies unsent soon fills every buffer of the kernel's.
LISTENING, ESTABLISHED = "0A", "01"


def heavy_footage() -> Iterator[Tag]:
    """Yield frames without sound, each another, two seconds from keyframe to keyframe."""
    yield from headers()
    for number in itertools.count():
        kind = b"\x17" if number % (2 * FPS) == 0 else b"\x27"
        body = kind + b"\1\0\0\0" + number.to_bytes(4)
        yield Tag(TagKind.VIDEO, number * 1000 // FPS, body.ljust(FRAME_SIZE, b"\0"))


def number_of(tag: Tag) -> int:
    """Return which frame of `heavy_footage` this is."""
    return int.from_bytes(tag.body[5:9])


@pytest.fixture
def room(streamer: Streamer) -> Iterator[Streamer]:
    """A streamer who is live with heavy footage."""
    with RtmpPublisher(f"{streamer.site.rtmp_url}/{streamer.key}") as encoder:
        encoder.stream(heavy_footage())
        streamer.wait_for("live")
        yield streamer


def memory(site: Site) -> int:
    """Return how many bytes the web process holds."""
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in site.web.pids()]
    lines = [line for status in statuses for line in status.splitlines() if "RssAnon" in line]
    return sum(int(line.split()[1]) * 1024 for line in lines)


def test_a_slow_viewer_skips_to_a_keyframe_and_delays_nobody(room: Streamer) -> None:
    with ExitStack() as stack:
        fast = stack.enter_context(Viewer(room.site, room.room_id))
        fast.see(2 * FPS, timeout=40)
        before = memory(room.site)
        slow = [stack.enter_context(Viewer(room.site, room.room_id, slow=True)) for _ in range(8)]

        fast.see(10 * FPS, timeout=40)
        grown = memory(room.site) - before
        slow[0].hurry()
        resumed = len(slow[0].pictures)
        slow[0].wait_until(
            lambda: (
                len(slow[0].pictures) > resumed and slow[0].pictures[-1] in fast.pictures[-FPS:]
            ),
            timeout=40,
            what="the slow viewer to have caught up",
        )

        numbers = [number_of(tag) for tag in fast.pictures]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        steps = [
            (before, after)
            for before, after in pairwise(slow[0].pictures)
            if number_of(after) != number_of(before) + 1
        ]
        assert steps, "20 MB lay unsent"
        assert all(after.is_keyframe for _, after in steps)
        assert all(number_of(after) > number_of(before) for before, after in steps)
        # 20 MB passed by; each may hold two seconds, and all hold the same two.
        assert grown < 15_000_000
        assert all(viewer.is_watching for viewer in slow)


def connections(site: Site) -> dict[int, str]:
    """Return the states of the server's ends of connections to the site, by the other end's port."""
    found = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state = line.split()[:4]
        if int(here.partition(":")[2], 16) == site.addresses.port and state != LISTENING:
            found[int(there.partition(":")[2], 16)] = state
    return found


def test_a_viewer_who_takes_nothing_is_closed(room: Streamer) -> None:
    with (
        socket.socket() as idle,
        Viewer(room.site, room.room_id) as fast,
        Viewer(room.site, room.room_id, slow=True) as slow,
    ):
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", room.site.addresses.port))
        port = idle.getsockname()[1]
        idle.sendall(f"GET {PREFIX}{room.room_id}.flv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        fast.see(10 * FPS, timeout=40)
        assert connections(room.site)[port] == ESTABLISHED

        wait_until(
            lambda: connections(room.site).get(port) != ESTABLISHED,
            timeout=40,
            what="the idle viewer to be closed",
        )

        assert slow.is_watching, "a KB a second is not nothing"
        assert fast.is_watching
        numbers = [number_of(tag) for tag in fast.pictures]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
