"""Hooks of nodes on other machines: each speaks for itself alone."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries, Settings

from rooms.models import RoomState
from streair import ingest
from streams import nodes, services
from streams.models import Publisher
from tests.hooks import bodies
from tests.hooks.conftest import Ask
from tests.nodes import node_word

pytestmark = pytest.mark.django_db

SITES_OWN = settings.HOOK_SECRET


@pytest.fixture(autouse=True)
def _nodes(settings: Settings) -> None:
    settings.INGEST_NODES = ingest.parse(["main", node_word("hanoi"), node_word("saigon")])


def from_node(name: str) -> dict[str, str]:
    """How a node of another machine asks, by way of the front."""
    return {
        "node": name,
        "secret": nodes.secret_of(name),
        "address": "127.0.0.1",
        "real_ip": "203.0.113.7",
    }


def test_an_encoder_is_remembered_with_its_node(ask: Ask, key: str) -> None:
    answer = ask("publish", bodies.publish(key), **from_node("hanoi"))

    publisher = Publisher.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, publisher.session)
    assert publisher.node == "hanoi"
    assert ask("update", bodies.update(key), **from_node("hanoi")).status_code == 204


def test_our_own_sidecar_is_the_main_node(ask: Ask, key: str) -> None:
    ask("publish", bodies.publish(key))

    assert Publisher.objects.get().node == "main"


def test_a_goodbye_ends_what_was_at_this_node(ask: Ask, key: str) -> None:
    session = ask("publish", bodies.publish(key), **from_node("hanoi"))["Location"]
    services.first_keyframe(session=session, at=now())

    assert ask("done", bodies.done(key), **from_node("hanoi")).status_code == 204

    assert Publisher.objects.get().room.state == RoomState.RECONNECTING


@pytest.mark.parametrize("owner", ["hanoi", "main"])
def test_no_node_can_end_what_is_at_another(ask: Ask, key: str, owner: str) -> None:
    """Not even one that knows run and number of somebody else's connection."""
    at_home = {} if owner == "main" else from_node(owner)
    session = ask("publish", bodies.publish(key), **at_home)["Location"]
    services.first_keyframe(session=session, at=now())

    for hook, body in (("done", bodies.done(key)), ("update", bodies.update(key))):
        assert ask(hook, body, **from_node("saigon")).status_code == 204

    publisher = Publisher.objects.get()
    assert (publisher.gone, publisher.node) == (None, owner)
    assert publisher.room.state == RoomState.LIVE


def test_the_same_number_at_another_node_is_somebody_else(ask: Ask, key: str) -> None:
    ask("publish", bodies.publish(key, client_id=1), **from_node("hanoi"))
    ask("publish", bodies.publish(key, client_id=1), **from_node("saigon"))

    rows = Publisher.objects.order_by("pk").values_list("node", "gone_reason")
    assert list(rows) == [("hanoi", "replaced"), ("saigon", "")]
    assert ask("update", bodies.update(key), **from_node("hanoi")).status_code == 403
    assert ask("update", bodies.update(key), **from_node("saigon")).status_code == 204


@pytest.mark.parametrize(
    "outsider",
    [
        {"secret": ""},
        {"secret": "wrong"},
        {"secret": nodes.secret_of("saigon")},
        {"secret": SITES_OWN},
        {"node": "gone", "secret": nodes.secret_of("gone")},
        # Whoever is “main” is on this machine.
        {"node": "main", "secret": SITES_OWN},
        {"node": "main", "secret": nodes.secret_of("main")},
    ],
)
@pytest.mark.parametrize("hook", ["publish", "done", "update"])
def test_without_its_own_secret_a_node_is_nobody(
    ask: Ask, key: str, hook: str, outsider: dict[str, str]
) -> None:
    answer = ask(hook, bodies.publish(key), **{**from_node("hanoi"), **outsider})

    assert (answer.status_code, answer.content) == (404, b"")
    assert not Publisher.objects.exists()


def test_a_nodes_secret_opens_nothing_else(ask: Ask, key: str) -> None:
    secret = nodes.secret_of("hanoi")

    assert ask("publish", bodies.publish(key), secret=secret).status_code == 404
    assert ask("event", b"{}", secret=secret).status_code == 404


def test_who_is_not_listed_is_refused_also_on_this_machine(
    ask: Ask, key: str, settings: Settings
) -> None:
    settings.INGEST_NODES = ingest.parse([node_word("hanoi")])

    assert ask("publish", bodies.publish(key)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/ingest/hanoi/publish/", "/ingest/hanoi/", "/ingest/publish", "/en/ingest/hanoi/done"]
)
def test_no_address_near_a_hook_redirects(path: str) -> None:
    headers = {"host": settings.HOOK_HOST, "x-hook-secret": nodes.secret_of("hanoi")}

    assert Client().post(path, {"call": "publish"}, headers=headers).status_code in {403, 404}


@pytest.mark.parametrize("name", ["hanoi", "saigon"])
def test_a_node_hears_that_hooks_are_heard(
    ask: Ask, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stranger = {**from_node(name), "secret": SITES_OWN}

    with django_assert_num_queries(0):
        assert ask("here", b"", **from_node(name)).status_code == 204
        assert ask("here", b"", **stranger).status_code == 404
        assert ask("here", b"", **{**from_node(name), "node": "hue"}).status_code == 404
