"""The real front before real processes: what it serves, what it passes on, and what it keeps out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from streams.relay.flv import TagKind
from tests.eventually import comes_true
from tests.servers.fronted import FrontedSite, fronted_site
from tests.servers.process import Program, wait_until
from tests.system.crowd import Watcher, crowd
from tests.system.figures import collect
from tests.system.heard import Heard
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

OF_ALL = ["strict-transport-security", "x-content-type-options", "referrer-policy"]
ONCE = [*OF_ALL, "x-frame-options", "content-security-policy"]
# A head, or a pause in a body, may take 10 s; the rest is for a busy machine.
LET_GO_SECONDS = 15
SECRET = "tests-hook-secret-tests-hook-secret-tests"


@pytest.fixture(scope="module")
def site() -> Iterator[FrontedSite]:
    with fronted_site(WEB_WORKERS="2") as running:
        yield running


def test_pages_come_over_http2_with_every_header_once(site: FrontedSite) -> None:
    page = Heard(site, "/")

    assert page.status.rstrip() == "HTTP/2 200"
    assert b'data-csrf-token="' in page.body
    assert {name: page.count[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert "Secure" in page.headers["set-cookie"]


def test_static_files_are_compressed_and_kept_for_ever(site: FrontedSite) -> None:
    style = re.search(rb"/static/css/site\.[0-9a-f]{12}\.css", Heard(site, "/").body)
    assert style is not None

    found = Heard(site, style[0].decode(), "-H", "Accept-Encoding: br, gzip")
    missing = Heard(site, "/static/css/nothing.css", "-H", "Accept: text/html")

    assert found.headers["content-encoding"] in {"br", "gzip"}
    assert found.headers["cache-control"] == "public, max-age=315360000, immutable"
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert {name: found.count[name] for name in OF_ALL} == dict.fromkeys(OF_ALL, 1)
    assert found.count["content-security-policy"] == 0, "it would bind workers that run a script"
    assert missing.status.rstrip() == "HTTP/2 404"
    assert b"StreAir" in missing.body
    assert {name: missing.count[name] for name in ONCE} == dict.fromkeys(ONCE, 1)


def test_media_come_from_the_front_in_parts_too(site: FrontedSite) -> None:
    picture = site.data / "media" / "rooms" / "some-picture.webp"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(bytes(range(200)))
    (site.data / "media" / "secret.txt").write_text("not for you")

    whole = Heard(site, "/media/rooms/some-picture.webp")
    part = Heard(site, "/media/rooms/some-picture.webp", "-H", "Range: bytes=10-19")
    others = [
        Heard(site, path, "--path-as-is").status.split()[1]
        for path in ("/media/secret.txt", "/media/../secrets.env", "/media/%2e%2e/web.lock")
    ]

    assert whole.body == bytes(range(200))
    assert whole.headers["content-type"] == "image/webp"
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert part.status.split()[1] == "206"
    assert part.body == bytes(range(10, 20))
    assert part.headers["content-range"] == "bytes 10-19/200"
    assert others == ["404", "404", "404"]


def registered(site: FrontedSite, name: str, **headers: str) -> dict[str, str]:
    """Return the header that makes a request somebody's, who is new."""
    body = {"username": name, "email": f"{name}@example.org", "password": "a-Secret-word"}
    answer = site.ask("/api/auth/register", "POST", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_a_socket_hears_what_was_done_by_the_api_and_what_others_say(
    site: FrontedSite,
) -> None:
    ada = await asyncio.to_thread(registered, site, "ada")
    opened = await asyncio.to_thread(
        site.ask, "/api/rooms", "POST", json={"title": "Before"}, headers=ada
    )
    room_id = opened.json()["roomId"]
    readers = [Watcher(site, room_id, f"Browser {n}", ssl=site.tls) for n in range(6)]

    async with crowd() as gathered:
        await gathered.come(*readers)
        changed = await asyncio.to_thread(
            site.ask, f"/api/rooms/{room_id}", "PATCH", json={"title": "After"}, headers=ada
        )
        assert changed.status_code == 200, changed.text
        await say(site, room_id, ada["Authorization"].removeprefix("Bearer "), "xin chào")

        await comes_true(
            lambda: all(
                each.has_heard("room-updated") and each.has_heard("new-message") for each in readers
            ),
            seconds=20,
        )


async def say(site: FrontedSite, room_id: str, token: str, text: str) -> None:
    """Say something in a room, on a socket of its own."""
    async with connect(
        site.websocket_url,
        ssl=site.tls,
        subprotocols=[Subprotocol(name) for name in ("streair", f"bearer.{token}")],
    ) as wire:
        for number, frame in enumerate(
            [("join-room", {"roomId": room_id}), ("chat-message", {"message": text})]
        ):
            await wire.send(json.dumps({"event": frame[0], "data": frame[1], "id": number}))
            async for answer in wire:
                heard: dict[str, Any] = json.loads(answer)
                if heard.get("id") == number:
                    assert heard["event"] == "ack", heard
                    break


def test_video_comes_as_soon_as_without_the_front(
    site: FrontedSite, make_streamer: Callable[[], Streamer], tmp_path: Path
) -> None:
    streamer = make_streamer()
    streamer.publish()  # Which the hooks let in, by way of the front's door for our own programs.
    streamer.wait_for("live")
    past_the_front = ("127.0.0.1", site.slots["1"].realtime_port, None)
    with (
        Viewer(site, streamer.room_id) as front,
        Viewer(site, streamer.room_id, door=past_the_front) as past,
    ):
        front.see(150)
        past.see(1)
        lags = lags_between(past, front)
        decoded = front.decode(tmp_path)

    assert decoded.complaints == ""
    assert len(lags) > 50
    # Less than two pictures. With buffers in between it is seconds.
    assert statistics.median(lags) < 0.06


def lags_between(first: Viewer, second: Viewer) -> list[float]:
    """Return how much later each picture came to the second, leaving out what both got at once at the start."""
    times = [
        {
            tag.body: at
            for tag, at in zip(each.tags, each.arrivals, strict=False)
            if tag.kind is TagKind.VIDEO
        }
        for each in (first, second)
    ]
    both = [(times[0][body], times[1][body]) for body in times[0] if body in times[1]]
    start = max(first.arrivals[0], second.arrivals[0]) + 1
    return [b - a for a, b in both if min(a, b) > start]


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/publish",
        "/hooks/event",
        "//hooks/publish",
        "/hooks%2Fpublish",
        "/x/../hooks/publish",
        "/internal/anything",
        "/metrics",
    ],
)
def test_what_is_for_our_own_programs_is_not_there_for_others(site: FrontedSite, path: str) -> None:
    form = "call=publish&name=sk_none&addr=127.0.0.1&app=live&clientid=1"
    pretending = [f"X-Hook-Secret: {SECRET}", "Host: app.internal", "X-Real-IP: 127.0.0.1"]
    options = [word for header in pretending for word in ("-H", header)]

    answer = Heard(site, path, "--path-as-is", "-d", form, "-H", "Accept: */*", *options)

    assert answer.status.split()[1] == "404"
    assert b"StreAir" in answer.body, "the site's own page, as for any address that leads nowhere"


def test_addresses_are_what_the_front_sees(site: FrontedSite) -> None:
    lies = {
        "X-Real-IP": "203.0.113.9",
        "X-Forwarded-For": "203.0.113.9",
        "Forwarded": "for=1.2.3.4",
    }
    registered(site, "liar", **lies)

    assert addresses_of(site, "liar") in (["127.0.0.1"], ["::1"])


def addresses_of(site: FrontedSite, name: str) -> list[str]:
    """Return from where somebody signed in, as the site has it."""
    code = (
        "from accounts.models import SignIn\n"
        f"print(*SignIn.objects.filter(user__username={name!r}).values_list('address', flat=True))"
    )
    return site.python(code).split()


def test_behind_a_load_balancer_addresses_are_what_that_one_says(site: FrontedSite) -> None:
    body = {"username": "far", "email": "far@example.org", "password": "a-Secret-word"}
    with site.another_front(FRONT_BEHIND="127.0.0.1,::1") as url:
        answer = requests.post(
            f"{url}/api/auth/register",
            json=body,
            # The first is what the client says of itself.
            headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"},
            verify=str(site.certificate),
            timeout=30,
        )

    assert answer.status_code == 201, answer.text
    assert addresses_of(site, "far") == ["198.51.100.7"]


@pytest.mark.parametrize(
    ("sent", "drips"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", True),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nx", False),
    ],
    ids=["head", "dripping head", "body"],
)
def test_who_does_not_finish_is_let_go_of(site: FrontedSite, sent: bytes, drips: bool) -> None:
    with (
        socket.create_connection(("localhost", site.https_port), timeout=1) as plain,
        site.tls.wrap_socket(plain, server_hostname="localhost") as wire,
    ):
        begun = time.monotonic()
        wire.sendall(sent)
        while (heard := hear(wire)) is None and time.monotonic() < begun + LET_GO_SECONDS:
            if drips:
                with contextlib.suppress(OSError):  # The next look tells why.
                    wire.sendall(b"x")
        took = time.monotonic() - begun

    assert heard is not None, "the front still waits"
    assert heard == b"" or b" 408 " in heard
    assert took > 5, "a slow network is no reason"


def hear(wire: socket.socket) -> bytes | None:
    """Return what comes within a second; nothing when the connection ends, None when it goes on."""
    try:
        return wire.recv(4096)
    except TimeoutError:
        return None
    except ConnectionError:  # Cut, without a word.
        return b""


@pytest.mark.parametrize(
    ("path", "accept", "kind", "says"),
    [
        ("/api/auth/login", "*/*", "application/json", '"code": "too-large"'),
        ("/sign-up/", "text/html", "text/html; charset=utf-8", "StreAir"),
        ("/en/sign-up/", "text/html", "text/html; charset=utf-8", "This is too much at once"),
        ("/account/pictures/avatar/", "text/html", "text/html; charset=utf-8", "StreAir"),
    ],
)
def test_too_much_is_refused_in_the_sites_own_words(
    site: FrontedSite, path: str, accept: str, kind: str, says: str
) -> None:
    size = (7 if "pictures" in path else 3) * 1024 * 1024

    answer = site.ask(path, "POST", data=bytes(size), headers={"Accept": accept})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == kind
    assert says in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pictures_may_be_larger_than_all_else(site: FrontedSite) -> None:
    size = 5 * 1024 * 1024

    answer = site.ask("/api/users/me/avatar", "PUT", data=bytes(size))

    assert answer.status_code == 401, "nobody is signed in, but it was read"


def test_who_asks_too_often_hears_so(site: FrontedSite) -> None:
    with site.another_front(FRONT_REQUESTS_PER_SECOND="1") as url:
        answers = [
            requests.get(f"{url}/api/rooms", verify=str(site.certificate), timeout=10)
            for _ in range(40)
        ]

    refused = answers[-1]
    assert refused.status_code == 429
    assert refused.json()["code"] == "too-fast"
    assert refused.headers["Retry-After"] == "5"


def test_plain_http_leads_to_https(site: FrontedSite) -> None:
    url = f"http://localhost:{site.http_port}/live/?q=1"

    answer = requests.get(url, allow_redirects=False, timeout=10)

    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{site.url}/live/?q=1"


def test_the_front_speaks_for_those_who_are_away(site: FrontedSite) -> None:
    web = site.slots["1"].web
    web.stop()
    said = {path.stat().st_mtime for path in site.data.glob("run/metrics/pages-*.json")}
    try:
        page = site.ask("/en/", headers={"Accept": "text/html"})
        answer = site.ask("/api/rooms", headers={"Accept-Language": "en"})
    finally:
        web.start()
        site.wait_until_ready()

    assert said == {0}, "each of its processes has said that it ends"
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "Back in a moment" in page.text
    assert answer.json()["code"] == "unavailable"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Retry-After"] == "2"


def test_the_doctor_asks_all_of_it(site: FrontedSite) -> None:
    said = site.manage("doctor")  # It would end with a status if something were wrong.

    assert f"127.0.0.1:{site.env['PORT']}" in said


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_health_and_numbers_say_in_time_that_nobody_makes_pages(
    site: FrontedSite, fault: str
) -> None:
    """The front asks the processes for sockets and video about health: those are well."""
    web = site.slots["1"].web
    wait_until(lambda: health_of(site) == (200, "ok"), timeout=20, what="pages to be well")
    with away(web, frozen=fault == "frozen"):
        down_after = seconds_until(lambda: health_of(site) == (503, "down"))
        numbers = collect(f"http://127.0.0.1:{site.env['PORT']}")
        live, ready = (site.ask(f"/health/{name}").status_code for name in ("live", "ready"))
    back_after = seconds_until(lambda: health_of(site) == (200, "ok"))

    assert (live, ready) == (200, 503)
    assert numbers["streair_component_up", "pages"] == 0
    assert numbers["streair_component_up", "database"] == 1
    assert down_after < 5
    assert back_after < 5


def health_of(site: FrontedSite) -> tuple[int, str]:
    """Return the status of /health, and how it says that pages do."""
    answer = site.ask("/health")
    return answer.status_code, answer.json()["parts"]["pages"]


def seconds_until(condition: Callable[[], bool]) -> float:
    begun = time.monotonic()
    wait_until(condition, timeout=20, what="what is measured", every=0.2)
    return time.monotonic() - begun


@contextlib.contextmanager
def away(web: Program, *, frozen: bool) -> Iterator[None]:
    """Kill it, or stop all of its processes; have it answer again."""
    port = int(web.args[web.args.index("--bind") + 1].rpartition(":")[2])
    stopped = web.pids()
    try:
        if frozen:
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
        else:
            web.kill()
        yield
    finally:
        if frozen:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        else:
            web.start().wait_for_port(port)
