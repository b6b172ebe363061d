"""What an ingest node says of itself, beside real nginx-rtmp: to balancers, and to Prometheus."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families as parse

from deploy.processes import nginx_in
from tests.servers.node import IngestNode, NodePorts
from tests.servers.process import wait_until
from tests.servers.site import Site
from tests.system.streamer import Streamer

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

TOKEN = "a-token-of-a-prometheus"
WELL = {"rtmp": "ok", "hooks": "ok", "disk": "ok"}
# After a fault: looked for every two seconds, and given two and a half.
SOON = 8


@pytest.fixture(scope="module")
def running_node(site: Site, ports: NodePorts) -> Iterator[IngestNode]:
    with IngestNode(site, ports, INGEST_SITE=site.url, METRICS_TOKEN=TOKEN) as node:
        yield node


@pytest.fixture
def node(running_node: IngestNode) -> IngestNode:
    """One that is well."""
    wait_until(lambda: health(running_node) == (200, WELL), timeout=SOON, what="the node")
    return running_node


def ask(node: IngestNode, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{node.ports.inside}{path}", headers=headers, timeout=5)


def health(node: IngestNode) -> tuple[int, dict[str, str]]:
    answer = ask(node, "/health")
    return answer.status_code, dict(answer.json()["parts"])


def problem(node: IngestNode, part: str) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Language": "en"}
    details: dict[str, Any] = ask(node, "/health", **headers).json()["details"]
    return str(details[part]["problem"])


def numbers(node: IngestNode) -> dict[tuple[str, ...], float]:
    answer = ask(node, "/metrics", Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    samples = (sample for family in parse(answer.text) for sample in family.samples)
    return {(each.name, *each.labels.values()): each.value for each in samples}


def hooks(node: IngestNode, hook: str, result: str) -> float:
    return numbers(node).get(("streair_ingest_hook_seconds_count", hook, result), 0)


def test_encoders_what_they_send_and_what_the_site_says_of_them_are_counted(
    node: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    before = numbers(node)
    streamer, stranger = make_streamer(), make_streamer()

    streamer.publish(server=node.ports.server)
    refused = stranger.publish(f"{stranger.key}x", server=node.ports.server)
    streamer.wait_for("live")

    def arrives() -> bool:
        now = numbers(node)
        return (
            now["streair_ingest_encoders", "hanoi"] == 1
            and now["streair_ingest_kbps", "hanoi"] > 10
            and now["streair_ingest_received_bytes_total",] > 50_000
        )

    wait_until(arrives, what="its encoder to be counted")
    assert refused.wait(10) != 0
    assert before["streair_ingest_encoders", "hanoi"] == 0
    assert hooks(node, "publish", "accepted") == 1
    assert hooks(node, "publish", "refused") == 1
    # A minute of them would be needed for more; the first comes after ten seconds.
    wait_until(lambda: hooks(node, "update", "accepted") >= 1, timeout=20, what="an update")
    now = numbers(node)
    took = now["streair_ingest_hook_seconds_sum", "publish", "accepted"]
    assert 0 < took < 3
    name = "streair_ingest_hook_seconds_bucket"
    buckets = [n for key, n in now.items() if {name, "publish", "accepted"} <= set(key)]
    assert len(buckets) == 10
    assert max(buckets) == 1
    assert now["streair_disk_free_bytes",] > 1_000_000
    assert now["streair_process_memory_bytes", "ingest"] > 1_000_000
    # Whoever asks whether hooks are heard asks about nobody.
    assert not any("here" in key for key in now)
    assert streamer.key not in ask(node, "/metrics", Authorization=f"Bearer {TOKEN}").text

    streamer.end()

    wait_until(lambda: hooks(node, "done", "accepted") >= 1, what="a goodbye")
    wait_until(
        lambda: numbers(node)["streair_ingest_encoders", "hanoi"] == 0, what="nobody to be left"
    )


def test_nobody_but_who_has_the_token_sees_numbers(node: IngestNode) -> None:
    assert ask(node, "/metrics").status_code == 403
    assert ask(node, "/metrics", Authorization=f"Bearer {TOKEN}x").status_code == 403
    assert "details" not in ask(node, "/health").json()
    assert ask(node, "/stat", Authorization=f"Bearer {TOKEN}").status_code == 404


def test_a_site_that_is_away_is_told_and_what_it_did_not_answer_counted(
    site: Site, node: IngestNode, make_streamer: Callable[[], Streamer]
) -> None:
    streamer = make_streamer()
    site.web.kill()
    try:
        wait_until(
            lambda: health(node) == (503, {**WELL, "hooks": "down"}),
            timeout=SOON,
            what="the node to miss its site",
        )
        assert ask(node, "/health/live").status_code == 200
        assert problem(node, "hooks").startswith("The site does not answer hooks")
        assert numbers(node)["streair_component_up", "ingest-hooks"] == 0

        assert streamer.publish(server=node.ports.server).wait(10) != 0

        wait_until(lambda: hooks(node, "publish", "failed") == 1, what="the failure")
    finally:
        site.web.start()
        site.wait_until_ready()


def test_nginx_that_dies_is_told_and_counted(node: IngestNode) -> None:
    before = numbers(node)
    master = min(nginx_in(node.data))

    os.kill(master, signal.SIGKILL)

    wait_until(
        lambda: (
            numbers(node)["streair_sidecar_starts_total",]
            == before["streair_sidecar_starts_total",] + 1
        ),
        what="nginx to be started again",
    )
    wait_until(lambda: health(node) == (200, WELL), timeout=SOON, what="the node to be well")
    # A counter never falls, and nginx began at nothing.
    name = "streair_ingest_received_bytes_total"
    assert numbers(node)[name,] >= before[name,]


def test_nginx_that_hangs_is_told(node: IngestNode) -> None:
    stopped = nginx_in(node.data)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(
            lambda: health(node) == (503, {"rtmp": "down", "hooks": "down", "disk": "ok"}),
            timeout=SOON,
            what="the node to miss nginx",
        )
        assert problem(node, "rtmp").startswith("nginx does not answer")
        assert problem(node, "hooks").startswith("Without nginx")
    finally:
        for pid in set(stopped) & set(nginx_in(node.data)):
            os.kill(pid, signal.SIGCONT)


def test_a_node_that_the_site_does_not_know_says_so(site: Site) -> None:
    elsewhere = NodePorts("saigon")
    wrong = {"INGEST_SECRET": "0" * 64, "METRICS_TOKEN": TOKEN}
    with IngestNode(site, elsewhere, INGEST_SITE=site.url, **wrong) as stranger:
        wait_until(
            lambda: health(stranger) == (503, {**WELL, "hooks": "down"}),
            timeout=SOON,
            what="the node to be refused",
        )

        wait_until(
            lambda: problem(stranger, "hooks").startswith("The site does not know this node"),
            timeout=SOON,
        )
        assert stranger.secret not in stranger.program.output()


def test_a_port_that_is_taken_is_told_in_one_line(site: Site, node: IngestNode) -> None:
    third = NodePorts("hue")
    third.health_port = node.ports.health_port
    late = IngestNode(site, third, INGEST_SITE=site.url)

    with late.program:
        assert late.program.wait(20) == 1

    said = late.program.output().splitlines()[-1]
    assert said.startswith(f"Port {node.ports.health_port} of 127.0.0.1 cannot be used")
    assert said.endswith("Set another INGEST_HEALTH_PORT.")
