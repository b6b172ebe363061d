"""What one household may take of the front, and how long the front waits for those who take nothing."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise

import pytest
import requests
from websockets.sync.client import connect
from websockets.typing import Origin

from streams.flv_endpoint import PREFIX
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.process import wait_until
from tests.servers.rtmp_publisher import RtmpPublisher
from tests.system.streamer import Streamer
from tests.system.test_relay_slow_viewers import FPS, heavy_footage, number_of
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ALLOWED = 3
# The doors (`/ws/`, video) let in 20 a second, and a hundred at once.
DOORS_AT_ONCE, DOORS_A_SECOND = 100, 20
SEND_SECONDS = 30
LARGE_BYTES = 32 * 1024 * 1024


@pytest.fixture(scope="module")
def site() -> Iterator[FrontedSite]:
    # The site's own limit on who asks for video must not stand in the way of the front's.
    with fronted_site(WEB_WORKERS="2", PROXY_REQUESTS_PER_MINUTE="100000") as running:
        yield running


def ask(site: FrontedSite, url: str, *, by: str, accept: str = "*/*") -> requests.Response:
    """Ask as somebody at the address `by`, of a front that believes what it is told of addresses."""
    headers = {"X-Forwarded-For": by, "Accept": accept, "Accept-Language": "en"}
    return requests.get(url, headers=headers, verify=str(site.certificate), timeout=30)


@pytest.mark.parametrize(
    ("household", "neighbor"),
    [
        (["198.51.100.7"] * 4, "198.51.100.8"),
        (
            ["2001:db8:1:2::1", "2001:db8:1:2:a:b:c:d", "2001:db8:1:2:ffff::", "2001:db8:1:2::2"],
            "2001:db8:1:3::1",
        ),
        (["2001:db8::1", "2001:db8::a:b:c:d", "2001:db8::ffff:0:1", "2001:db8::2"], "2001:db9::1"),
    ],
    ids=["IPv4", "IPv6", "IPv6 with zeros"],
)
def test_one_connection_more_than_a_household_may_have_is_refused(
    site: FrontedSite, household: list[str], neighbor: str
) -> None:
    *there, late = household
    assert len(there) == ALLOWED
    limits = {"FRONT_CONNECTIONS": str(ALLOWED), "FRONT_BEHIND": "127.0.0.1,::1"}
    with site.another_front(**limits) as url, ExitStack() as stack:
        door = f"{url.replace('https', 'wss')}/ws/"
        held = [
            stack.enter_context(
                connect(
                    door,
                    ssl=site.tls,
                    origin=Origin(site.url),
                    additional_headers={"X-Forwarded-For": address},
                )
            )
            for address in there
        ]

        page = ask(site, f"{url}/en/", by=late, accept="text/html")
        answer = ask(site, f"{url}/api/rooms", by=late)

        assert (page.status_code, answer.status_code) == (429, 429)
        assert "Too many attempts. Please wait a moment." in page.text
        assert answer.json()["code"] == "too-fast"
        assert answer.headers["Retry-After"] == "5"
        assert ask(site, f"{url}/en/", by=neighbor).status_code == 200
        for wire in held:
            assert wire.ping().wait(10), "who was there before stays"

        held[0].close()

        wait_until(
            lambda: ask(site, f"{url}/en/", by=late).status_code == 200,
            timeout=5,
            what="the place that is free",
        )


@pytest.mark.parametrize("path", ["/ws/", f"{PREFIX}nobody.flv"], ids=["sockets", "video"])
def test_a_burst_at_a_door_is_refused_and_is_over_soon(site: FrontedSite, path: str) -> None:
    with site.another_front() as url, ThreadPoolExecutor(4) as people:
        begun = time.monotonic()
        answers = list(people.map(lambda _: list(burst(site, f"{url}{path}", 100)), range(4)))
        took = time.monotonic() - begun
        page = requests.get(f"{url}/en/", verify=str(site.certificate), timeout=30)

        every = [answer for each in answers for answer in each]
        refused = [answer for answer in every if answer.status_code == 429]
        let_in = len(every) - len(refused)
        assert DOORS_AT_ONCE < let_in <= DOORS_AT_ONCE + DOORS_A_SECOND * took + 2
        assert {answer.json()["code"] for answer in refused} == {"too-fast"}
        assert {answer.headers["Retry-After"] for answer in refused} == {"5"}
        assert page.status_code == 200, "pages are not asked for at that door"

        later = wait_until(
            lambda: [each for each in burst(site, f"{url}{path}", 1) if each.status_code != 429],
            timeout=5,
            what="the door to open again",
        )
        assert later[0].status_code == every[0].status_code != 429


def burst(site: FrontedSite, url: str, count: int) -> Iterator[requests.Response]:
    """Ask so often, one right after the other on one connection."""
    headers = {"Accept": "application/json"}
    with requests.Session() as session:
        for _ in range(count):
            yield session.get(url, headers=headers, verify=str(site.certificate), timeout=30)


@contextmanager
def who_takes_nothing(site: FrontedSite, path: str) -> Iterator[ssl.SSLSocket]:
    """Ask for something, and read nothing of it."""
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(30)
        plain.connect(("127.0.0.1", site.https_port))
        with site.tls.wrap_socket(plain, server_hostname="localhost") as wire:
            wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            yield wire


def is_let_go_of(wire: socket.socket) -> bool:
    """Whether the other side has hung up, without a look at what it sent."""
    signs = select.poll()
    signs.register(wire, select.POLLRDHUP)  # Errors are told in any case.
    return bool(signs.poll(0))


def test_who_takes_nothing_of_a_large_file_is_let_go_of(site: FrontedSite) -> None:
    picture = site.data / "media" / "rooms" / "large.webp"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(bytes(LARGE_BYTES))
    with who_takes_nothing(site, "/media/rooms/large.webp") as wire:
        begun = time.monotonic()

        wait_until(
            lambda: is_let_go_of(wire), timeout=SEND_SECONDS + 10, what="the front to let go"
        )

        assert time.monotonic() - begun > SEND_SECONDS - 5, "a moment without network is no reason"
    assert len(site.ask("/media/rooms/large.webp").content) == LARGE_BYTES


def test_a_slow_viewer_skips_pictures_and_one_who_takes_nothing_is_let_go_of(
    site: FrontedSite, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    room = streamer.room_id
    with RtmpPublisher(f"{site.rtmp_url}/{streamer.key}") as encoder:
        encoder.stream(heavy_footage())
        streamer.wait_for("live")
        with (
            Viewer(site, room) as fast,
            Viewer(site, room, slow=True) as slow,
            who_takes_nothing(site, f"{PREFIX}{room}.flv") as idle,
        ):
            fast.see(10 * FPS, timeout=60)
            slow.hurry()
            resumed = len(slow.pictures)
            slow.wait_until(
                lambda: (
                    len(slow.pictures) > resumed
                    and number_of(slow.pictures[-1]) > number_of(fast.pictures[-1]) - FPS
                ),
                timeout=40,
                what="the slow viewer to have caught up",
            )
            # The relay gives up first; then the front, which still has something for them.
            wait_until(
                lambda: is_let_go_of(idle),
                timeout=SEND_SECONDS + 30,
                what="the idle viewer to be let go of",
            )

            numbers = [number_of(tag) for tag in fast.pictures]
            assert numbers == list(range(numbers[0], numbers[-1] + 1)), "nobody else noticed"
            skipped = [
                after
                for before, after in pairwise(slow.pictures)
                if number_of(after) != number_of(before) + 1
            ]
            assert skipped, "20 MB lay unsent"
            assert all(tag.is_keyframe for tag in skipped)
            assert fast.is_watching
            assert slow.is_watching, "a KB a second is not nothing"
