"""What the README promises, under load: whatever dies, this much goes on, and that soon all is back.

One evening on one site, in which one thing after the other is killed for fifteen seconds. The figures are
the promises'; a machine that does other things, too, gets a multiple of them (PROMISES_ROOM, 1 for the very times).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import requests
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.load import usage
from tests.servers.databases import postgres_server, redis_server
from tests.servers.process import Program, wait_until
from tests.servers.site import Site, running_site
from tests.system.base_load import CLIP, Load, base_load
from tests.system.chatters import keeping_promises
from tests.system.streamer import Console, Streamer, streamers

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

ROOM = float(os.environ.get("PROMISES_ROOM", "2"))
AWAY_SECONDS = 15
HEALTH_SECONDS = 5 * ROOM
VIEWERS_BACK_SECONDS = 5 * ROOM
PUBLISHER_BACK_SECONDS = 3 * ROOM
REFUSED_SECONDS = 2 * ROOM
WRONG_STATE_SECONDS = 15 * ROOM


@dataclass(slots=True)
class Evening:
    """The site, what it stands on, and who is there."""

    site: Site
    redis: Program
    postgres: Program
    console: Console
    make_streamer: Callable[[], Streamer]
    load: Load

    @property
    def room_id(self) -> str:
        room_id: str = self.load.streamers[0].room_id
        return room_id

    def ask(self, path: str) -> requests.Response:
        return requests.get(f"{self.site.url}{path}", timeout=20)

    def parts(self) -> dict[str, str]:
        """Return how the parts do, as /health says; nothing when nobody answers."""
        with contextlib.suppress(requests.RequestException):
            return dict(self.ask("/health").json()["parts"])
        return {}

    def shows(self, part: str, state: str) -> None:
        """Return once /health says so, and the metric too."""
        series = f'streair_component_up{{component="{part}"}}'
        number = {"ok": 1.0, "down": 0.0}[state]
        begun = time.monotonic()
        # Two processes answer in turn, and each finds out for itself. That it is well again may take them
        # until they try once more.
        wait_until(
            lambda: self.parts().get(part) == state and self.number(series) == number,
            timeout=HEALTH_SECONDS + (5 if state == "ok" else 0),
            what=f"{part}: {state}",
        )
        logger.info("%s is seen to be %s after %.1f s.", part, state, time.monotonic() - begun)
        assert self.ask("/health/live").status_code == 200

    def metrics(self) -> str:
        return self.ask("/metrics").text

    def number(self, series: str) -> float:
        """Return one number of the metrics."""
        lines = [line for line in self.metrics().splitlines() if line.startswith(f"{series} ")]
        return float(lines[0].rpartition(" ")[2]) if lines else 0.0

    def state(self) -> str:
        """Return how the API says that the room stands."""
        return str(self.ask(f"/api/rooms/{self.room_id}").json()["state"])

    def sign_in(self) -> requests.Response:
        body = {"email": "somebody_who_counts@example.org", "password": "a-Secret-word"}
        return requests.post(f"{self.site.url}/api/auth/login", json=body, timeout=20)

    def answer_to(self, token: str) -> dict[str, Any]:
        """Return what somebody hears who wants into the room."""
        join = {"event": "join-room", "data": {"roomId": self.room_id}, "id": 1}
        offered = [Subprotocol("streair"), Subprotocol(f"bearer.{token}")]
        with connect(self.site.websocket_url, subprotocols=offered) as socket:
            socket.send(json.dumps(join))
            return dict(json.loads(socket.recv(timeout=20)))

    def encoder_starts(self) -> list[int]:
        return [encoder.starts for encoder in self.load.encoders]

    def runs(self) -> list[int]:
        """How often each player has begun to watch."""
        return [player.runs for player in self.load.players]

    def joins(self) -> list[int]:
        return [page.joins for page in self.load.pages]

    def sockets_are_back(self, since: float) -> None:
        """Return once every page is in the room again; nobody took longer than is promised, `since` then."""
        pages = self.load.pages
        wait_until(
            lambda: all(page.is_there for page in pages),
            timeout=VIEWERS_BACK_SECONDS,
            what="all pages to be in the room",
        )
        spans = (span for page in pages for span in page.absences)
        away = sorted(back - max(left, since) for left, back in spans)
        for page in pages:
            page.absences.clear()
        logger.info("%d sockets were away, for %s s.", len(away), [round(s, 1) for s in away[-5:]])
        assert all(seconds < VIEWERS_BACK_SECONDS for seconds in away)

    def all_is_back(self, seconds: float, *, since: float = 0.0) -> None:
        """Return once everybody watches again, is answered, and has heard what was acknowledged."""
        self.sockets_are_back(since)
        now = time.monotonic()
        wait_until(lambda: self.load.are_watching(now), timeout=seconds, what="all to watch again")
        logger.info("All watch after %.1f s.", time.monotonic() - now)
        wait_until(self.load.says(5), timeout=seconds + 15, what="messages to be acknowledged")
        said = len(self.load.said)
        wait_until(
            lambda: self.load.have_heard(said), timeout=seconds + 15, what="all to have heard"
        )
        logger.info("All have what they should %.1f s later.", time.monotonic() - now)
        assert self.load.faults() == []


@contextlib.contextmanager
def away(program: Program) -> Iterator[float]:
    """Kill it, and start it again fifteen seconds later, whatever is done meanwhile."""
    program.kill()
    until = time.monotonic() + AWAY_SECONDS
    try:
        yield until
        wait_until(lambda: time.monotonic() >= until, timeout=AWAY_SECONDS + 1)
    finally:
        program.start()


@pytest.fixture(scope="module")
def evening() -> Iterator[Evening]:
    with (
        postgres_server() as (postgres, database_url),
        redis_server() as (redis, redis_url),
        keeping_promises(database_url),
        running_site(DATABASE_URL=database_url, REDIS_URL=redis_url, WEB_WORKERS="2") as site,
        streamers(site) as make_streamer,
    ):
        console = Console(site)
        with base_load(site, make_streamer, console) as load:
            yield Evening(site, redis, postgres, console, make_streamer, load)
        console.close()


@pytest.fixture(autouse=True)
def _nothing_acknowledged_is_lost(evening: Evening) -> Iterator[None]:
    """One thing at a time: before each fault everybody is there, and after it all that was said."""
    wait_until(evening.load.is_whole, timeout=60, what="everybody to be there")
    wait_until(lambda: set(evening.parts().values()) == {"ok"}, timeout=30, what="all parts")
    yield
    said = list(evening.load.said)
    kept = evening.console.ask("said_in", evening.room_id)
    assert len(said) > 5
    assert set(said) <= set(kept)
    assert len(kept) == len(set(kept))
    assert evening.load.faults() == []


def test_without_redis_everything_works_and_chat_comes_later(evening: Evening) -> None:
    encoders, runs, joins = evening.encoder_starts(), evening.runs(), evening.joins()
    with away(evening.redis):
        evening.shows("cache", "down")
        evening.shows("channel-layer", "down")
        answers = [evening.ask(path).status_code for path in ("/en/", "/api/rooms")]
        signed_in = evening.sign_in().status_code
        wait_until(evening.load.says(10), timeout=20, what="messages to be acknowledged")
        said = len(evening.load.said)
        wait_until(lambda: evening.load.have_heard(said), timeout=20, what="polled chat")

        assert answers == [200, 200]
        assert signed_in == 200

    evening.shows("cache", "ok")
    evening.all_is_back(VIEWERS_BACK_SECONDS)
    assert evening.encoder_starts() == encoders
    # Nobody was thrown out.
    assert (evening.runs(), evening.joins()) == (runs, joins)


def test_without_postgresql_streams_go_on_and_people_are_told(evening: Evening) -> None:
    newcomer, rude = evening.make_streamer(), evening.console.ask("person", "rude_guest", 3600)
    for path in ("/en/", f"/en/rooms/{evening.room_id}/"):
        assert evening.ask(path).status_code == 200
    evening.console.ask("ban", evening.room_id, "rude_guest")
    key = newcomer.rotate_key()
    encoders, runs, joins = evening.encoder_starts(), evening.runs(), evening.joins()
    turned_away = (
        'streair_hook_decisions_total{decision="database-away",hook="publish",node="main"}'
    )
    assert f"\n{turned_away} 0.0\n" in evening.metrics(), "or its alert would miss the first one"

    with away(evening.postgres):
        evening.shows("database", "down")
        assert evening.ask("/health/ready").status_code == 503
        pages = [evening.ask(path) for path in ("/en/", f"/en/rooms/{evening.room_id}/")]
        refused = [evening.sign_in(), evening.ask("/api/rooms")]
        begun = time.monotonic()
        assert newcomer.publish(key, clip=CLIP).wait(20) != 0
        took = time.monotonic() - begun
        wait_until(lambda: evening.number(turned_away) > 0, timeout=10)
        wait_until(lambda: evening.load.refused[-1:] == ["unavailable"], timeout=10)

        assert [page.status_code for page in pages] == [200, 200]
        assert [answer.status_code for answer in refused] == [503, 503]
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        assert took < REFUSED_SECONDS

    evening.all_is_back(VIEWERS_BACK_SECONDS)
    evening.shows("database", "ok")
    assert evening.encoder_starts() == encoders
    assert (evening.runs(), evening.joins()) == (runs, joins)
    # What was acknowledged before holds.
    assert evening.answer_to(rude["app"])["data"]["code"] == "banned-from-room"
    assert newcomer.publish(newcomer.key).wait(20) != 0
    newcomer.publish(key)
    newcomer.wait_for("live")
    newcomer.end()


def test_a_killed_app_process_costs_people_a_moment(evening: Evening) -> None:
    encoders, joins = evening.encoder_starts(), evening.joins()
    starts = 'streair_process_starts_total{role="web"}'
    before = evening.number(starts)
    _master, *workers = usage.tree(evening.site.web.pid)

    os.kill(workers[0], signal.SIGKILL)
    begun = time.monotonic()

    def is_served() -> bool:
        # Who comes to the dying one is hung up on, and comes again.
        with contextlib.suppress(requests.ConnectionError):
            return evening.ask("/en/").status_code == 200
        return False

    wait_until(is_served, timeout=REFUSED_SECONDS, what="pages")

    evening.all_is_back(VIEWERS_BACK_SECONDS)
    assert time.monotonic() - begun < VIEWERS_BACK_SECONDS + 15
    assert evening.encoder_starts() == encoders
    wait_until(lambda: evening.number(starts) == before + 1, timeout=HEALTH_SECONDS)
    assert sum(evening.joins()) > sum(joins)


def test_a_dead_worker_shows_and_nobody_else_notices(evening: Evening) -> None:
    encoders, runs, joins = evening.encoder_starts(), evening.runs(), evening.joins()
    with away(evening.site.worker):
        evening.shows("worker", "down")
        wait_until(evening.load.says(20), timeout=20, what="chat")
        assert evening.state() == "live"

    evening.shows("worker", "ok")
    evening.all_is_back(VIEWERS_BACK_SECONDS)
    assert evening.encoder_starts() == encoders
    assert (evening.runs(), evening.joins()) == (runs, joins)


def _is_live_anew(lost: list[str], seen: dict[str, Any]) -> bool:
    return seen["state"] == "live" and seen["sessions"] not in ([], lost)


@pytest.mark.parametrize("which", [0, -1], ids=["master", "worker process"])
def test_a_killed_sidecar_process_is_back_at_once_and_viewers_stay(
    evening: Evening, which: int
) -> None:
    runs, joins = evening.runs(), evening.joins()
    before = evening.number("streair_relay_reconnects_total")
    sessions = [streamer.look()["sessions"] for streamer in evening.load.streamers]
    killed = time.monotonic()

    os.kill(evening.site.nginx_pids()[which], signal.SIGKILL)

    for streamer, lost in zip(evening.load.streamers, sessions, strict=True):
        streamer.wait_until(partial(_is_live_anew, lost), timeout=PUBLISHER_BACK_SECONDS)
        logger.info("A publisher is back after %.1f s.", time.monotonic() - killed)
    wait_until(lambda: evening.load.are_watching(killed + 1), timeout=VIEWERS_BACK_SECONDS)
    evening.all_is_back(VIEWERS_BACK_SECONDS)
    assert (evening.runs(), evening.joins()) == (runs, joins)
    wait_until(
        lambda: evening.number("streair_relay_reconnects_total") > before, timeout=HEALTH_SECONDS
    )


def test_without_the_sidecar_the_site_works_and_rooms_say_so(evening: Evening) -> None:
    runs, joins = evening.runs(), evening.joins()
    with away(evening.site.sidecar):
        evening.shows("sidecar", "down")
        wait_until(
            lambda: evening.state() == "reconnecting",
            timeout=WRONG_STATE_SECONDS,
            what="the room to be reconnecting",
        )
        begun = time.monotonic()
        assert evening.load.streamers[0].publish(clip=CLIP).wait(20) != 0
        took = time.monotonic() - begun
        wait_until(evening.load.says(10), timeout=20, what="chat")

        assert took < REFUSED_SECONDS
        assert evening.ask("/en/").status_code == 200
        series = 'streair_rooms{state="reconnecting"}'
        wait_until(lambda: evening.number(series) == 2, timeout=HEALTH_SECONDS)

    evening.site.sidecar.wait_for_port(evening.site.addresses.rtmp_port)
    for streamer in evening.load.streamers:
        streamer.wait_for("live", timeout=PUBLISHER_BACK_SECONDS)
    evening.all_is_back(VIEWERS_BACK_SECONDS)
    evening.shows("sidecar", "ok")
    assert (evening.runs(), evening.joins()) == (runs, joins)


@pytest.mark.parametrize("whole", [False, True], ids=["the app", "the whole site"])
def test_stopping_under_load_loses_nothing_that_was_acknowledged(
    evening: Evening, whole: bool
) -> None:
    site, encoders = evening.site, evening.encoder_starts()
    parts = site.parts if whole else [site.web]
    for part in parts:
        part.signal(signal.SIGTERM)
    for part in parts:
        assert part.wait(9 * ROOM) == 0

    for part in parts:
        part.start()
    site.wait_until_ready()
    ready = time.monotonic()
    for streamer in evening.load.streamers:
        streamer.wait_for("live", timeout=PUBLISHER_BACK_SECONDS)

    evening.all_is_back(VIEWERS_BACK_SECONDS, since=ready)
    if not whole:
        assert evening.encoder_starts() == encoders
    assert "Traceback" not in site.web.tail(20)
