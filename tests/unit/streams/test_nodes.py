"""Ingest nodes as the site knows them."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import now
from pytest_django import Settings

from streair import ingest
from streair.core import health
from streair.core.doctor import Unwell
from streair.core.health import Ailing
from streams import doctor, metrics, nodes, selectors
from streams import health as streams_health
from streams.models import Publisher
from tests.factories import PublisherFactory, RoomFactory
from tests.fake_sidecar import FakeSidecar
from tests.nodes import node_word
from tests.servers.process import free_port


def test_unless_others_are_named_there_is_the_one_on_this_machine(settings: Settings) -> None:
    settings.RTMP_SERVER_URL, settings.RTMP_PUBLIC_URL = "http://127.0.0.1:8000/live", ""
    settings.SIDECAR_PORT = 4936

    [main] = nodes.every()

    assert (main.name, main.server, main.secret) == ("main", "", "")
    assert main.control == "http://127.0.0.1:4936"
    assert main.url("live-1") == "http://127.0.0.1:8000/live/live-1.flv"
    assert main.source_address() == ("127.0.0.1", 8000)


def test_each_node_has_a_secret_that_tells_nothing_of_the_others(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse([node_word("hanoi"), node_word("saigon")])

    secrets = {node.secret for node in nodes.every()}

    assert len(secrets) == 2
    assert all(len(secret) == ingest.SECRET_LENGTH for secret in secrets)
    assert settings.HOOK_SECRET not in "".join(secrets)
    settings.HOOK_SECRET = "another-" * 5
    assert not secrets & {node.secret for node in nodes.every()}


@pytest.mark.django_db
def test_whoever_was_there_before_nodes_had_names_is_at_the_main_one() -> None:
    """A version of before writes rows that say nothing of nodes, while the two take turns."""
    room = RoomFactory()
    columns = "room_id, session, boot, client_id, encoder, admitted, seen, gone_reason, video_kbps, audio_kbps, problems"
    row: list[Any] = [room.pk, "live-1", "boot-1", 1, "", now(), now(), "", 0, 0, "[]"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO streams_publisher ({columns}) VALUES ({', '.join(['%s'] * len(row))})",  # noqa: S608 - no word of it comes from outside.
            row,
        )

    assert Publisher.objects.get().node == "main"
    assert selectors.watch_states([room.room_id])[room.room_id].node == "main"


@pytest.mark.django_db
def test_encoders_are_counted_by_node(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(["main", node_word("hanoi"), node_word("saigon")])
    PublisherFactory(video_kbps=2500, audio_kbps=128)
    PublisherFactory(node="hanoi", video_kbps=1000)
    PublisherFactory(node="hanoi", video_kbps=500)
    PublisherFactory(node="hanoi", gone=now(), gone_reason=Publisher.GoneReason.LEFT)

    found = {gauge.name: values for gauge, values in metrics.look().items()}

    assert found == {
        "streair_ingest_encoders": {("main",): 1, ("hanoi",): 2, ("saigon",): 0},
        "streair_ingest_kbps": {("main",): 2628, ("hanoi",): 1500, ("saigon",): 0},
    }


def test_each_node_is_a_part_of_the_site(
    sidecar: FakeSidecar, hanoi: FakeSidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_parts", {})
    streams_health.install()

    assert set(health._parts) == {"sidecar", "sidecar-hanoi", "worker"}
    assert str(health._parts["sidecar-hanoi"].label).endswith(" hanoi")
    assert all(health._parts[name].look() for name in ("sidecar", "sidecar-hanoi"))
    assert hanoi.secrets == {nodes.secret_of("hanoi")}


def test_a_dead_node_is_told_from_the_others(sidecar: FakeSidecar, settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(["main", node_word("hanoi", free_port())])

    assert streams_health.sidecar("main")
    with pytest.raises(Ailing):
        streams_health.sidecar("hanoi")


def test_the_doctor_says_what_keeps_a_node_away(settings: Settings, hanoi: FakeSidecar) -> None:
    deaf = free_port()
    settings.INGEST_NODES = ingest.parse([node_word("hanoi", hanoi.port, deaf)])
    with pytest.raises(Unwell, match=f":{deaf}"):
        doctor.node("hanoi")

    settings.INGEST_NODES = ingest.parse([node_word("hanoi", hanoi.port, hanoi.port)])
    assert doctor.node("hanoi")

    settings.INGEST_NODES = ingest.parse([node_word("hanoi", free_port())])
    with pytest.raises(Unwell, match="hanoi") as caught:
        doctor.node("hanoi")
    assert "ingest_node hanoi" in str(caught.value.remedy)
    with pytest.raises(Unwell, match="gone"):
        doctor.node("gone")


def test_the_command_prints_what_a_node_has_to_be_told(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(["main", node_word("hanoi")])
    settings.CLIENT_URL = "https://stream.example.org"
    out, err = StringIO(), StringIO()

    call_command("ingest_node", "hanoi", stdout=out, stderr=err)

    assert out.getvalue().splitlines() == [
        "INGEST_NODE=hanoi",
        "INGEST_SITE=https://stream.example.org",
        f"INGEST_SECRET={nodes.secret_of('hanoi')}",
    ]
    assert err.getvalue() == ""
    call_command("ingest_node", "saigon", stdout=out, stderr=err)
    assert "does not name saigon" in err.getvalue()
    with pytest.raises(CommandError):
        call_command("ingest_node", "main")
