"""The real front before real processes: what it serves, and what it passes on."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from streams.relay.flv import TagKind
from tests.eventually import comes_true
from tests.servers.fronted import FrontedSite
from tests.system.crowd import Watcher, crowd
from tests.system.front import registered
from tests.system.front import site as site  # noqa: PLC0414 - a fixture.
from tests.system.heard import Heard
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

OF_ALL = ["strict-transport-security", "x-content-type-options", "referrer-policy"]
ONCE = [*OF_ALL, "x-frame-options", "content-security-policy"]


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


def test_plain_http_leads_to_https(site: FrontedSite) -> None:
    url = f"http://localhost:{site.http_port}/live/?q=1"

    answer = requests.get(url, allow_redirects=False, timeout=10)

    assert answer.status_code == 308
    assert answer.headers["Location"] == f"{site.url}/live/?q=1"
