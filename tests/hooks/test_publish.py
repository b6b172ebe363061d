"""The publish hook: one kind of yes, and no way round it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from rooms.models import Room
from streams import keys
from streams.models import Publisher
from tests.factories import StreamKeyFactory
from tests.hooks import bodies
from tests.hooks.conftest import Ask

pytestmark = pytest.mark.django_db


def test_the_right_key_is_renamed_to_a_session(ask: Ask, key: str) -> None:
    answer = ask("publish", bodies.publish(key))

    publisher = Publisher.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, publisher.session)
    assert keys.is_session_name(publisher.session)
    assert (publisher.address, publisher.client_id, publisher.boot) == ("203.0.113.9", 1, "boot-1")
    assert publisher.encoder == "FMLE/3.0 (compatible; Lavf59.27"


def test_arguments_that_say_nothing_are_let_be(ask: Ask, key: str) -> None:
    assert ask("publish", bodies.publish(key, args="backup=1&%ff%00")).status_code == 302


def test_the_hook_may_repeat_itself(ask: Ask, key: str) -> None:
    first, second = (ask("publish", bodies.publish(key)) for _ in range(2))

    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    "args", ["name=victim", "addr=127.0.0.1", "clientid=2", "call=publish", "app=live", "type=live"]
)
def test_a_field_that_comes_twice_is_refused(ask: Ask, key: str, args: str) -> None:
    assert ask("publish", bodies.publish(key, args=args)).status_code == 403

    assert not Publisher.objects.exists()


def test_a_key_cannot_be_smuggled_behind_a_wrong_one(ask: Ask, key: str) -> None:
    assert ask("publish", bodies.publish("wrong", args=f"name={key}")).status_code == 403


@pytest.mark.parametrize(
    "name", ["", "wrong", "%00", "%ff%fe", "sk_" + "0" * 32, "live-" + "a" * 32]
)
def test_any_other_name_is_refused_in_the_same_way(ask: Ask, key: str, name: str) -> None:
    answer = ask("publish", bodies.publish(name))

    assert (answer.status_code, answer.content) == (403, b"")
    assert not Publisher.objects.exists()


def test_a_refusal_says_nothing_about_the_reason(ask: Ask) -> None:
    key = keys.new_stream_key()
    StreamKeyFactory(key=key, owner__is_active=False)

    answer = ask("publish", bodies.publish(key))

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(
    "changed",
    [
        (b"app=live", b"app=other"),
        (b"call=publish", b"call=play"),
        (b"clientid=1", b"clientid=x"),
        (b"clientid=1", b"clientid=" + b"9" * 30),
        (b"clientid=1", b"clientid=\xd9\xa1"),
        (b"&clientid=1", b""),
    ],
)
def test_what_the_sidecar_never_sends_is_refused(
    ask: Ask, key: str, changed: tuple[bytes, bytes]
) -> None:
    assert ask("publish", bodies.publish(key).replace(*changed)).status_code == 403


def test_thousands_of_fields_are_refused(ask: Ask, key: str) -> None:
    assert ask("publish", bodies.publish(key) + b"&x=1" * 3000).status_code >= 400


@pytest.mark.parametrize(
    "outsider",
    [
        {"secret": ""},
        {"secret": "wrong"},
        {"address": "203.0.113.50"},
        # By way of a proxy on this machine, which says who asks.
        {"real_ip": "203.0.113.50"},
    ],
)
@pytest.mark.parametrize("hook", ["publish", "done", "update"])
def test_outsiders_find_nothing(ask: Ask, key: str, hook: str, outsider: dict[str, str]) -> None:
    answer = ask(hook, bodies.publish(key), **outsider)

    assert (answer.status_code, answer.content) == (404, b"")
    assert not Publisher.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "head", "options"])
def test_only_posts_are_heard(method: str) -> None:
    headers = {"host": settings.HOOK_HOST, "x-hook-secret": settings.HOOK_SECRET}

    answer = getattr(Client(), method)("/hooks/publish", headers=headers)

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/hooks/publish/", "/hooks/", "/hooks", "/en/hooks/publish"])
def test_no_address_near_a_hook_redirects(path: str) -> None:
    headers = {"host": settings.HOOK_HOST, "x-hook-secret": settings.HOOK_SECRET}

    answer = Client().post(path, {"call": "publish"}, headers=headers)

    assert answer.status_code in {403, 404}


def test_without_a_boot_nobody_is_let_in(ask: Ask, key: str) -> None:
    assert ask("publish", bodies.publish(key), boot="").status_code == 403


def test_without_an_open_room_one_is_opened(ask: Ask) -> None:
    key = keys.new_stream_key()
    StreamKeyFactory(key=key)

    assert ask("publish", bodies.publish(key)).status_code == 302

    assert Room.objects.get().is_open
