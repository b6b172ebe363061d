"""Leaving, for good after a grace, and the data that one takes along."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.keeping import sign_out_everywhere
from accounts.models import AuditEntry, Follow, SignIn, User
from accounts.services import erase_due, follow
from rooms.models import EndReason, Room, RoomState
from streams.models import StreamKey
from tests.api.accounts.people import App
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_account_is_hidden_signed_out_and_off_air_at_once() -> None:
    ada = UserFactory(username="ada")
    room = RoomFactory(owner=ada, state=RoomState.LIVE, live_since=datetime.now(UTC))
    app, browser = App(ada), Client()
    browser.force_login(ada)

    answer = app.ask("delete", "users/me", {"password": "secret-word"})

    assert answer.status_code == 200
    assert answer.json()["leavingSince"]
    assert app.ask("get", "users/me").status_code == 401
    assert browser.get("/api/users/me").status_code == 401
    assert App().ask("get", "users/ada").status_code == 404
    assert Client().get("/@ada/").status_code == 404
    room.refresh_from_db()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.OWNER)


def test_leaving_needs_the_password() -> None:
    app = App(UserFactory(username="ada"))

    answer = app.ask("delete", "users/me", {"password": "wrong"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["password"])
    assert App().ask("get", "users/ada").status_code == 200


def test_who_is_leaving_may_sign_in_look_and_come_back() -> None:
    UserFactory(username="ada", leaving_since=datetime.now(UTC))
    login = {"username": "ada", "password": "secret-word"}
    app = App(token=App().ask("post", "auth/login", login).json()["token"])

    assert app.ask("get", "users/me").status_code == 200
    for method, path in [("patch", "users/me"), ("post", "tokens"), ("put", "users/ada/follow")]:
        answer = app.ask(method, path, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "account-leaving")

    assert app.ask("post", "users/me/restore").json()["leavingSince"] is None
    assert app.ask("patch", "users/me", {"bio": "Here"}).status_code == 200
    assert App().ask("get", "users/ada").status_code == 200


def test_after_the_grace_nothing_personal_is_left() -> None:
    ada = UserFactory(
        username="ada", display_name="Ada", bio="x", links=[{"title": "a", "url": "b"}]
    )
    ben = UserFactory()
    follow(ada, ben)
    follow(ben, ada)
    room = RoomFactory(owner=ada, state=RoomState.ENDED, ended_at=datetime.now(UTC))
    app = App(ada)
    app.ask("get", "users/me")
    app.ask("delete", "users/me", {"password": "secret-word"})
    asked = datetime.now(UTC)

    assert erase_due(at=asked + timedelta(days=13)) == 0
    assert erase_due(at=asked + timedelta(days=15)) == 1
    assert erase_due(at=asked + timedelta(days=15)) == 0

    ada.refresh_from_db()
    assert ada.username == f"deleted-{ada.pk}"
    assert (ada.email, ada.display_name, ada.bio, ada.links) == ("", "", "", [])
    assert not ada.is_active
    assert not ada.has_usable_password()
    assert not StreamKey.objects.filter(owner=ada).exists()
    assert not Follow.objects.exists()
    assert not SignIn.objects.filter(user=ada).exists()
    assert Room.objects.get() == room
    login = {"username": ada.username, "password": "secret-word"}
    assert App().ask("post", "auth/login", login).status_code == 401
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "user.deletion-asked",
        "user.erased",
    }


def test_two_may_be_erased_and_their_names_are_free_again() -> None:
    past = datetime.now(UTC) - timedelta(days=20)
    for name in ("ada", "ben"):
        UserFactory(username=name, leaving_since=past)

    assert erase_due(at=datetime.now(UTC)) == 2

    assert not User.objects.filter(username__in=["ada", "ben"]).exists()


def test_ones_own_data_is_a_zip_of_json() -> None:
    ada = UserFactory(username="ada")
    follow(ada, UserFactory(username="ben"))

    answer = App(ada).ask("get", "users/me/export")

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="streair-ada.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert files["profile.json"]["username"] == "ada"
    assert [row["username"] for row in files["following.json"]] == ["ben"]
    assert len(files["sign-ins.json"]) == 1
    assert ada.password not in str(files)
    assert {"tokens.json", "history.json", "streams.json"} <= set(files)


def test_ones_own_data_does_not_say_where_the_keepers_of_the_site_are() -> None:
    ada, keeper = UserFactory(username="ada"), UserFactory(is_superuser=True)
    sign_out_everywhere(ada, by=keeper, address="192.0.2.7")
    body = {"current": "secret-word", "password": "harbor-at-dawn"}
    token = App(ada).ask("put", "auth/password", body).json()["token"]

    answer = App(token=token).ask("get", "users/me/export")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        rows = json.loads(archive.read("history.json"))
    addresses = {row["action"]: row["address"] for row in rows}
    assert addresses == {
        "user.signed-out-everywhere": None,
        "user.password-changed": "127.0.0.1",
    }
    assert "actor_id" not in rows[0]
