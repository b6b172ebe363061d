"""How an edge does: what it says to whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from streams.edge.app import EdgeApp
from tests.unit.streams.edge.conftest import Site

TOKEN = "a-token-of-a-prometheus"

Make = Callable[..., EdgeApp]


@pytest.fixture
async def make(site: Site) -> AsyncIterator[Make]:
    made: list[EdgeApp] = []

    def edge(**more: Any) -> EdgeApp:
        made.append(EdgeApp(site.config(**more)))
        return made[-1]

    yield edge
    for each in made:
        await each.rooms.close()


class Answer:
    """What came back."""

    status = 0
    headers: dict[bytes, bytes]
    body = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def samples(self) -> dict[tuple[str, ...], float]:
        """The numbers, by name and labels."""
        families = parse(self.body.decode())
        samples = (sample for family in families for sample in family.samples)
        return {(each.name, *each.labels.values()): each.value for each in samples}


async def ask(
    edge: EdgeApp, path: str, *, method: str = "GET", peer: str = "127.0.0.1", **headers: str
) -> Answer:
    answer = Answer()
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "client": (peer, 1234),
        "headers": [
            (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
        ],
    }

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], dict(message["headers"])
        else:
            answer.body += message["body"]

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await edge(scope, receive, send)
    return answer


async def look(edge: EdgeApp) -> None:
    """Let a moment of an edge's life pass."""
    await edge.beats.beat()
    await edge.origin.look()


async def test_it_lives_whatever_else_is_away(site: Site, make: Make) -> None:
    site.status = 503
    edge = make()
    await look(edge)

    answer = await ask(edge, "/health/live", peer="192.0.2.7")

    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert answer.headers[b"cache-control"] == b"no-store"


async def test_it_is_well_when_the_site_hears_of_it_and_streams_can_be_read(
    site: Site, make: Make
) -> None:
    edge = make()
    before = await ask(edge, "/health")
    await look(edge)

    after = await ask(edge, "/health", peer="192.0.2.7")

    assert before.status == 503
    assert (after.status, after.json) == (
        200,
        {"status": "ok", "parts": {"origin": "ok", "beats": "ok"}},
    )
    assert site.asked == ["/api/stream-proxy/live/health.flv"], "the way that streams go"


async def test_one_that_the_site_does_not_know_says_so_to_its_keepers(
    site: Site, make: Make
) -> None:
    edge = make(metrics_token=TOKEN)
    await edge.origin.look()
    site.status = 404
    await edge.beats.beat()

    told = await ask(edge, "/health")
    known = await ask(edge, "/health", authorization=f"Bearer {TOKEN}", accept_language="en")

    assert (told.status, told.json) == (
        200,
        {"status": "degraded", "parts": {"origin": "ok", "beats": "down"}},
    )
    assert known.json["details"] == {
        "origin": {"problem": ""},
        "beats": {
            "problem": "The site does not know this edge: EDGE_SECRET and EDGE_URL must be as it has them."
        },
    }
    assert known.json["uptimeSeconds"] >= 0


@pytest.mark.parametrize("status", [307, 404, 502, 503])
async def test_without_its_origin_it_is_down(site: Site, make: Make, status: int) -> None:
    edge = make()
    await look(edge)
    site.status = status
    await edge.origin.look()

    answer = await ask(edge, "/health")

    assert (answer.status, answer.json["status"]) == (503, "down")
    assert answer.json["parts"]["origin"] == "down"


async def test_an_origin_that_nobody_listens_at_is_away(make: Make) -> None:
    edge = make()
    edge.origin._url = edge.origin._site = "http://127.0.0.1:9"

    await edge.origin.look()

    assert not edge.origin.is_reachable


async def test_an_edge_of_a_tree_says_that_the_one_before_is_away_and_goes_on(
    site: Site, make: Make
) -> None:
    edge = make(upstream="http://127.0.0.1:9", metrics_token=TOKEN)
    await look(edge)

    told = await ask(edge, "/health")
    known = await ask(edge, "/health", authorization=f"Bearer {TOKEN}", accept_language="en")
    found = (await ask(edge, "/metrics", authorization=f"Bearer {TOKEN}")).samples

    parts = {"origin": "ok", "beats": "ok", "upstream": "down"}
    assert (told.status, told.json) == (200, {"status": "degraded", "parts": parts})
    assert known.json["details"]["upstream"] == {
        "problem": "EDGE_UPSTREAM does not answer: streams are read at the site."
    }
    assert found["streair_component_up", "edge-upstream"] == 0
    assert found["streair_component_up", "edge-origin"] == 1


async def test_this_machine_may_collect_and_nobody_else(make: Make) -> None:
    edge = make()

    assert (await ask(edge, "/metrics")).status == 200
    assert (await ask(edge, "/metrics", peer="::1")).status == 200
    assert (await ask(edge, "/metrics", peer="::ffff:127.0.0.1")).status == 200
    for elsewhere in (
        {"peer": "192.0.2.7"},
        {"peer": "nonsense"},
        {"x_real_ip": "127.0.0.1"},
        {"x_forwarded_for": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1"},
    ):
        answer = await ask(edge, "/metrics", **elsewhere)
        assert (answer.status, answer.body) == (403, b"Not for everybody.\n")


async def test_a_token_opens_it_from_everywhere_and_nothing_else_does(make: Make) -> None:
    edge = make(metrics_token=TOKEN)

    async def status(header: str, **more: str) -> int:
        return (await ask(edge, "/metrics", authorization=header, **more)).status

    assert await status(f"Bearer {TOKEN}", peer="192.0.2.7", x_real_ip="192.0.2.9") == 200
    assert await status(f"Bearer {TOKEN}x") == 403
    assert await status("Bearer ") == 403
    assert await status("") == 403


async def test_who_was_sent_away_is_counted_by_reason(make: Make) -> None:
    edge = make()
    for method, path in (
        ("GET", "/nowhere"),
        ("POST", "/api/stream-proxy/live/abc.flv"),
        ("GET", "/api/stream-proxy/live/abc.flv"),
        ("POST", "/metrics"),
    ):
        await ask(edge, path, method=method)

    found = (await ask(edge, "/metrics")).samples

    reasons = {key[1]: n for key, n in found.items() if key[0] == "streair_edge_refusals_total"}
    assert reasons == {
        "room-not-found": 2,
        "method-not-allowed": 1,
        "bad-ticket": 1,
        "edge-full": 0,
        "restarting": 0,
    }
    statuses = {key[1]: n for key, n in found.items() if key[0] == "streair_flv_answers_total"}
    assert statuses == {"404": 2, "405": 1, "403": 1}


async def test_people_are_told_from_edges_that_read_here(site: Site, make: Make) -> None:
    edge = make(most_viewers=700)
    site.status = 503
    await edge.beats.beat()
    async with (
        edge.rooms.watch("abc", label="ada"),
        edge.rooms.watch("abc", label=""),
        edge.rooms.watch("def", label="edge"),
    ):
        found = (await ask(edge, "/metrics")).samples

    assert found["streair_flv_streams",] == 3
    assert found["streair_edge_viewers",] == 2
    assert found["streair_edge_most_viewers",] == 700
    assert found["streair_relay_rooms",] == 2
    assert found["streair_edge_beats_total", "failed"] == 1
    assert found["streair_edge_beats_total", "accepted"] == 0
    assert found["streair_component_up", "edge-beats"] == 0
    assert found["streair_component_up", "edge-origin"] == 0
    assert found["streair_processes", "edge"] == 1
    assert found["streair_process_memory_bytes", "edge"] > 1_000_000


async def test_it_answers_in_the_format_that_is_asked_for(make: Make) -> None:
    edge = make()

    plain = await ask(edge, "/metrics", accept="text/plain; version=nonsense")
    openmetrics = await ask(edge, "/metrics", accept="application/openmetrics-text; version=1.0.0")
    head = await ask(edge, "/metrics", method="HEAD")

    assert plain.headers[b"content-type"].startswith(b"text/plain")
    assert openmetrics.headers[b"content-type"].startswith(b"application/openmetrics-text")
    assert openmetrics.body.endswith(b"# EOF\n")
    assert (head.status, head.body) == (200, b"")
