"""Two ingest nodes: rooms remember theirs, and what happens to one is nothing to the other's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.servers.fronted import fronted_site
from tests.servers.node import IngestNode, NodePorts
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.streamer import Streamer, streamers
from tests.system.viewer import Viewer

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def running_node(site: Site, ports: NodePorts) -> Iterator[IngestNode]:
    with IngestNode(site, ports, INGEST_SITE=site.url) as node:
        yield node


@pytest.fixture
def hanoi(running_node: IngestNode) -> IngestNode:
    """The second node, in its own words a machine elsewhere. Leave it running or dead, never frozen."""
    if not running_node.program.is_running():
        running_node.start()
    return running_node


def on_air(streamer: Streamer, node: IngestNode | None = None) -> Streamer:
    streamer.publish(server=node.ports.server if node else "")
    seen = streamer.wait_for("live")
    assert seen["nodes"] == [node.ports.name if node else "main"]
    return streamer


def health(site: Site) -> dict[str, str]:
    answer = requests.get(f"{site.url}/health", timeout=10).json()
    return {name: state for name, state in answer["parts"].items() if "sidecar" in name}


def test_a_killed_node_takes_its_own_rooms_along_and_no_others(
    site: Site, hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    here, there = on_air(make_streamer()), on_air(make_streamer(), hanoi)
    with Viewer(site, here.room_id) as calm, Viewer(site, there.room_id) as struck:
        calm.see(25)
        struck.see(25)
        assert health(site) == {"sidecar": "ok", "sidecar-hanoi": "ok"}

        hanoi.kill()

        there.wait_for("reconnecting", timeout=15)
        assert health(site) == {"sidecar": "ok", "sidecar-hanoi": "down"}
        assert here.look()["state"] == "live"
        before = len(struck.pictures)
        there.publish()
        seen = there.wait_for("live")
        assert (seen["nodes"], seen["gone"]) == (["main"], ["lost"])
        assert [broadcast[3:] for broadcast in seen["broadcasts"]] == [[1, True]]
        struck.have(before + 25)
        # Neither had to come again, and in the other room nothing was missed.
        assert struck.is_watching
        assert calm.is_watching
        assert here.look()["gone"] == []
        steps = [after - time for time, after in zip(calm.times(), calm.times()[1:], strict=False)]
        assert max(steps) < 500
        assert struck.times() == sorted(struck.times())


def test_a_node_that_hangs_takes_its_own_rooms_along_and_no_others(
    site: Site, hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    here, there = on_air(make_streamer()), on_air(make_streamer(), hanoi)
    with Viewer(site, here.room_id) as calm, Viewer(site, there.room_id) as struck:
        calm.see(25)
        struck.see(25)

        with hanoi.frozen():
            there.wait_for("reconnecting", timeout=20)
            assert here.look()["state"] == "live"
            before = len(struck.pictures)
            there.publish()
            assert there.wait_for("live")["nodes"] == ["main"]
            struck.have(before + 25)

        # It is back, with an encoder of before: that one is sent away, and nothing else changes.
        wait_until(lambda: health(site)["sidecar-hanoi"] == "ok", what="the node to answer again")
        seen = there.look()
        assert (seen["state"], seen["nodes"]) == ("live", ["main"])
        assert calm.is_watching
        assert struck.is_watching
        assert here.look()["gone"] == []


def test_an_encoder_may_move_before_anybody_knows_that_its_node_hangs(
    hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    first = streamer.publish(server=hanoi.ports.server)
    streamer.wait_for("live")

    with hanoi.frozen():
        streamer.publish()
        seen = streamer.wait_until(
            lambda seen: seen["state"] == "live" and seen["nodes"] == ["main"], timeout=6
        )
        assert seen["gone"] == ["replaced"]

    # Nobody could be told to drop the first; it is sent away as soon as its node answers again.
    assert first.wait(20) != 0
    assert streamer.look()["nodes"] == ["main"]


def test_the_same_key_at_another_node_takes_over(
    hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    first = streamer.publish(server=hanoi.ports.server)
    assert streamer.wait_for("live")["nodes"] == ["hanoi"]

    second = streamer.publish()

    assert first.wait(10) != 0
    seen = streamer.wait_until(lambda seen: seen["state"] == "live" and seen["nodes"] == ["main"])
    assert seen["gone"] == ["replaced"]
    assert [broadcast[3:] for broadcast in seen["broadcasts"]] == [[1, True]]

    streamer.publish(server=hanoi.ports.server)

    assert second.wait(10) != 0
    streamer.wait_until(lambda seen: seen["state"] == "live" and seen["nodes"] == ["hanoi"])


def test_an_ended_room_and_a_changed_key_end_the_encoder_where_it_is(
    hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    ending, changing = make_streamer(), make_streamer()
    encoders = [each.publish(server=hanoi.ports.server) for each in (ending, changing)]
    for each in (ending, changing):
        each.wait_for("live")

    ending.end()
    changing.rotate_key()

    assert [encoder.wait(10) != 0 for encoder in encoders] == [True, True]
    assert ending.look()["gone"] == ["room-ended"]
    assert changing.look()["gone"] == ["key-rotated"]


def test_a_wrong_key_is_refused_at_every_node(
    hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()

    encoder = streamer.publish(f"{streamer.key}x", server=hanoi.ports.server)

    assert encoder.wait(10) != 0
    assert streamer.look()["sessions"] == []
    assert streamer.key not in hanoi.program.output()


def test_a_node_speaks_for_nobody_but_itself(
    site: Site, hanoi: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = on_air(make_streamer())
    [(boot, client_id)] = _connection_of(site, streamer)
    body = {"call": "publish_done", "clientid": client_id}
    headers = {"X-Sidecar-Boot": boot, "X-Hook-Secret": hanoi.secret}

    told = {
        path: requests.post(f"{site.url}{path}", body, headers=headers, timeout=10).status_code
        for path in ("/ingest/hanoi/done", "/ingest/main/done", "/hooks/done", "/hooks/event")
    }

    assert told == {
        "/ingest/hanoi/done": 204,
        "/ingest/main/done": 404,
        "/hooks/done": 404,
        "/hooks/event": 404,
    }
    assert streamer.look()["gone"] == []
    assert streamer.look()["state"] == "live"


def test_a_node_lets_nobody_but_its_site_ask_and_drop(hanoi: IngestNode) -> None:
    def status(path: str, secret: str = "") -> int:
        url = f"{hanoi.ports.control}{path}"
        return requests.get(url, headers={"X-Hook-Secret": secret}, timeout=5).status_code

    assert status("/stat", hanoi.secret) == 200
    for path in ("/stat", "/control/drop/publisher?app=live&clientid=1", "/boot"):
        assert status(path) == 403
        assert status(path, "wrong") == 403
    # The shim knows the secret: who reached it could speak for the node.
    assert [status(f"/{hook}", hanoi.secret) for hook in ("publish", "done", "update")] == [404] * 3


def test_a_node_asks_by_way_of_the_front() -> None:
    elsewhere = NodePorts("saigon")
    with (
        fronted_site(INGEST_NODES=f"main,{elsewhere.word}") as site,
        IngestNode(site, elsewhere, INGEST_CERTIFICATES=str(site.certificate)) as node,
        streamers(site) as make,
    ):
        streamer = on_air(make(), node)
        with Viewer(site, streamer.room_id) as viewer:
            viewer.see(25)
            # So does the node, when it wants to know whether hooks are heard.
            told = requests.get(f"{elsewhere.inside}/health", timeout=5).json()
            assert told["parts"]["hooks"] == "ok"

            streamer.end()

            assert viewer.end() == "whole"
        assert site.ask("/ingest/saigon/publish", "POST").status_code == 404


def _connection_of(site: Site, streamer: Streamer) -> list[tuple[str, str]]:
    code = (
        "from streams.models import Publisher\n"
        f"for row in Publisher.objects.connected().filter(room__room_id={streamer.room_id!r}):\n"
        "    print(row.boot, row.client_id)"
    )
    return [(boot, client_id) for boot, client_id in map(str.split, site.python(code).splitlines())]


def test_a_node_logs_for_programs_as_the_site_does(hanoi: IngestNode) -> None:
    # nginx' own lines stand between them.
    said = [
        line for line in hanoi.program.output().splitlines() if "Listening for encoders" in line
    ]

    assert {json.loads(line)["logger"] for line in said} == {"streams.sidecar.process"}
