"""`/metrics` and `/health`: who is told what."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families as parse

from rooms.models import RoomState
from streair.core.metrics import queries, requests
from streair.core.metrics.publisher import Publisher
from tests.factories import RoomFactory
from tests.servers.process import free_port

# The parts are looked after in threads with connections of their own.
pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a-token-of-a-prometheus"


@pytest.fixture(autouse=True)
def _no_sidecar(settings: Any) -> None:
    """Somebody's may run on this machine."""
    settings.SIDECAR_PORT = free_port()


@pytest.fixture
def token(settings: Any) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def collect(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    publisher = Publisher("tests")
    publisher.write(publisher.take())
    answer = client.get("/metrics", headers=headers or None)
    assert answer.status_code == 200
    found = {}
    for family in parse(answer.content.decode()):
        for sample in family.samples:
            found[(sample.name, *sample.labels.values())] = sample.value
    return found


def test_this_machine_may_collect_and_nobody_else(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    for elsewhere in (
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_REAL_IP": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        # What a stranger says of themselves is not believed.
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_REAL_IP": "127.0.0.1"},
    ):
        answer = client.get("/metrics", **cast("Any", elsewhere))
        assert answer.status_code == 403
        assert b"streair_" not in answer.content


def test_a_token_opens_it_from_everywhere_and_nothing_else_does(client: Client, token: str) -> None:
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}

    def status(header: str, **environ: str) -> int:
        asked = client.get("/metrics", headers={"authorization": header}, **cast("Any", environ))
        return asked.status_code

    assert status(f"Bearer {token}", **elsewhere) == 200
    assert status(f"Bearer {token}x", **elsewhere) == 403
    assert status("") == 403


def test_strangers_hear_the_state_of_parts_and_nothing_more(client: Client, token: str) -> None:
    told = client.get("/health").json()
    known = client.get("/health", headers={"authorization": f"Bearer {token}"}).json()

    assert set(told) == {"status", "parts"}
    assert set(told["parts"].values()) <= {"ok", "down"}
    assert {"database", "cache", "channel-layer", "sidecar", "worker", "disk"} <= set(told["parts"])
    assert known["version"]
    assert known["details"]["database"]["facts"]
    assert known["details"]["sidecar"]["problem"]


def test_rooms_and_people_are_counted(client: Client) -> None:
    RoomFactory(state=RoomState.LIVE)
    RoomFactory(state=RoomState.WAITING)

    found = collect(client)

    assert found["streair_rooms", "live"] == 1
    assert found["streair_rooms", "waiting"] == 1
    assert found["streair_rooms", "reconnecting"] == 0
    assert found["streair_viewers",] == 0
    assert found["streair_component_up", "database"] == 1
    assert found["streair_component_up", "sidecar"] == 0


def test_requests_are_counted_by_route_and_never_by_address(client: Client) -> None:
    before = collect(client)
    room = RoomFactory()
    for path in (
        "/",
        f"/rooms/{room.room_id}/",
        "/rooms/nosuchroom/",
        "/nowhere/at-all",
        "/admin/",
    ):
        client.get(path)

    found = collect(client)

    def more(route: str, status: str) -> float:
        name = ("streair_request_seconds_count", route, status)
        return found.get(name, 0) - before.get(name, 0)

    assert more("home", "2xx") == 1
    assert more("rooms:watch", "2xx") == 1
    assert more("rooms:watch", "4xx") == 1
    assert more("none", "4xx") == 1
    assert more("admin", "3xx") == 1
    assert not any(room.room_id in "".join(map(str, key)) for key in found if "request" in key[0])


def test_queries_are_timed_by_kind_and_failures_counted(client: Client) -> None:
    before = collect(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        with pytest.raises(Exception, match="nowhere"):
            cursor.execute("DELETE FROM nowhere")

    found = collect(client)

    for kind, name in (("select", queries.seconds.name), ("delete", queries.seconds.name)):
        key = (f"{name}_count", kind)
        assert found[key] > before.get(key, 0)
    key = (f"{queries.failures.name}_total", "delete")
    assert found[key] == before.get(key, 0) + 1
    assert requests.seconds.labels == ("route", "status")
