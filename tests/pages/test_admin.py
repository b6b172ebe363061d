"""The administration: it works under the policy, and shows no secret."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import limits
from accounts.models import User
from chat.models import Action, Deed, Moderator, Restriction
from streams import services
from streams.models import StreamKey
from tests.factories import (
    BroadcastFactory,
    CategoryFactory,
    MessageFactory,
    PublisherFactory,
    UserFactory,
)
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

LISTS = ["accounts/user", "rooms/room", "rooms/category"]
LISTS += ["chat/message", "chat/restriction", "chat/moderator", "chat/deed"]
LISTS += ["streams/streamkey", "streams/broadcast", "streams/publisher"]


@pytest.fixture
def admin(client: Client) -> User:
    admin = UserFactory(username="keeper", is_staff=True, is_superuser=True)
    client.force_login(admin)
    return admin


@pytest.mark.parametrize("path", LISTS)
def test_lists_and_rows_can_be_looked_at(client: Client, admin: User, path: str) -> None:
    publisher = PublisherFactory()
    broadcast = BroadcastFactory(room=publisher.room)
    services.key_of(admin)
    rows = {
        "accounts/user": admin,
        "rooms/room": publisher.room,
        "rooms/category": CategoryFactory(),
        "chat/message": MessageFactory(),
        "chat/restriction": Restriction.objects.create(owner=admin, user=publisher.room.owner),
        "chat/moderator": Moderator.objects.create(owner=admin, user=publisher.room.owner),
        "chat/deed": Deed.objects.create(owner=admin, actor=admin, action=Action.CLEARED),
        "streams/streamkey": StreamKey.objects.get(),
        "streams/broadcast": broadcast,
        "streams/publisher": publisher,
    }

    for url in (
        f"/admin/{path}/",
        f"/admin/{path}/?q=keeper",
        f"/admin/{path}/{rows[path].pk}/change/",
    ):
        answer = client.get(url)

        assert answer.status_code == 200
        assert read(answer).inline == []


def test_no_part_of_a_password_is_shown(client: Client, admin: User) -> None:
    page = client.get(f"/admin/accounts/user/{admin.pk}/change/").content.decode()

    assert not any(part in page for part in admin.password.split("$")[1:])
    assert client.get(f"/admin/accounts/user/{admin.pk}/password/").status_code == 200


def test_neither_a_key_nor_its_hash_is_shown(client: Client, admin: User) -> None:
    key = services.key_of(admin)
    row = StreamKey.objects.get()

    for url in ("/admin/streams/streamkey/", f"/admin/streams/streamkey/{row.pk}/change/"):
        page = client.get(url).content.decode()

        assert not any(secret in page for secret in (key, row.digest, row.sealed))


@pytest.mark.parametrize("path", ["rooms/room", "streams/streamkey", "streams/publisher"])
def test_nobody_writes_by_hand_what_services_write(client: Client, admin: User, path: str) -> None:
    assert client.get(f"/admin/{path}/add/").status_code == 403


def test_people_without_the_right_are_kept_out(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/admin/streams/streamkey/").status_code == 302


def test_guesses_at_the_administration_count_like_those_at_the_front_door(client: Client) -> None:
    UserFactory(username="chief", is_staff=True)
    form = {"username": "chief", "password": "wrong-word", "next": "/admin/"}
    for _ in range(limits.SIGN_IN_BY_ACCOUNT.count):
        client.post("/admin/login/", form)

    client.post("/admin/login/", form | {"password": "secret-word"})

    assert client.get("/admin/").status_code == 302, "even the right password has to wait"


@pytest.mark.parametrize("cookie", ["\x00" * 32, "a" * 5000, "é" * 20, "../../x", "' or 1=1"])
def test_a_session_cookie_that_we_never_made_is_nobody(client: Client, cookie: str) -> None:
    client.cookies["sessionid"] = cookie

    assert client.get("/admin/").status_code == 302
