"""Oneself and others: profiles, follows, sign-ins, leaving."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.keeping import sign_out_everywhere
from accounts.models import AuditEntry, Follow, SignIn, User
from accounts.services import erase_due, follow
from rooms.models import EndReason, Room, RoomState
from streams.models import StreamKey
from tests.api.accounts.people import App
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


# --- Oneself ---


def test_one_sees_more_of_oneself_than_others_do() -> None:
    ada = UserFactory(username="ada", display_name="Ada L.")

    me = App(ada).ask("get", "users/me").json()
    seen = App().ask("get", "users/ada").json()

    assert (me["id"], me["username"], me["email"]) == (ada.pk, "ada", "ada@example.org")
    assert (me["displayName"], me["avatarUrl"], me["bio"]) == ("Ada L.", None, None)
    assert me["streamKey"].startswith("sk_")
    assert (me["isStreaming"], me["followerCount"], me["emailVerified"]) == (False, 0, False)
    assert set(me) - set(seen) >= {"email", "streamKey", "emailVerified", "leavingSince"}
    assert "ada@example.org" not in json.dumps(seen)


def test_a_profile_is_changed_in_what_is_given() -> None:
    ada = UserFactory(bio="Before")
    app = App(ada)
    links = [{"title": "Blog", "url": "https://example.org/"}]

    answer = app.ask("patch", "users/me", {"displayName": " Ada   L. ", "links": links})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["displayName"], body["bio"], body["links"]) == ("Ada L.", "Before", links)
    assert app.ask("patch", "users/me", {"bio": None}).json()["bio"] is None
    assert app.ask("patch", "users/me", {}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"displayName": "x" * 51}, "displayName"),
        ({"displayName": "StreAir Support"}, "displayName"),
        ({"displayName": "Аdmin"}, "displayName"),  # A Cyrillic А.
        ({"displayName": "M0derator"}, "displayName"),
        ({"displayName": "Quản trị viên"}, "displayName"),
        ({"displayName": "..."}, "displayName"),
        ({"bio": "x" * 501}, "bio"),
        ({"links": [{"title": "x", "url": "javascript:alert(1)"}]}, "links"),
        ({"links": [{"title": "x", "url": "https://bank.example@evil.example/"}]}, "links"),
        ({"links": [{"title": "", "url": "https://example.org/"}]}, "links"),
        ({"links": [{"title": "x", "url": "https://example.org/"}] * 6}, "links"),
        ({"links": "https://example.org/"}, "links"),
        ({"links": [5]}, "links"),
    ],
)
def test_a_profile_that_will_not_do_is_refused(change: dict[str, Any], field: str) -> None:
    answer = App(UserFactory()).ask("patch", "users/me", change)

    assert answer.status_code == 422
    assert {name.partition(".")[0] for name in answer.json()["errors"]} == {field}


def test_marks_that_turn_or_hide_text_are_taken_out() -> None:
    app = App(UserFactory())

    body = app.ask(
        "patch", "users/me", {"displayName": "A\u202eda\u200b\x07", "bio": "one\r\ntwo\u2066"}
    ).json()

    assert (body["displayName"], body["bio"]) == ("Ada", "one\ntwo")


def test_what_may_not_be_changed_stays() -> None:
    ada = UserFactory(username="ada")

    App(ada).ask("patch", "users/me", {"username": "eve", "is_staff": True, "email": "e@x.org"})

    ada.refresh_from_db()
    assert (ada.username, ada.is_staff, ada.email) == ("ada", False, "ada@example.org")


# --- Others ---


@pytest.mark.parametrize("path", ["users/gone", "users/leaving", "users/nobody", "users/x%00y"])
def test_who_is_not_there_is_not_found(path: str) -> None:
    UserFactory(username="gone", is_active=False)
    UserFactory(username="leaving", leaving_since=datetime.now(UTC))

    assert App().ask("get", path).status_code == 404


def test_following_is_counted_once_and_ended_once() -> None:
    ada, app = UserFactory(username="ada"), App(UserFactory())

    answers = [app.ask("put", "users/ADA/follow").json() for _ in range(2)]
    assert answers == [{"isFollowing": True, "followerCount": 1}] * 2
    assert app.ask("get", "users/ada").json()["isFollowing"] is True
    assert App().ask("get", "users/ada").json()["isFollowing"] is False
    assert App(ada).ask("get", "users/me").json()["followerCount"] == 1

    answers = [app.ask("delete", "users/ada/follow").json() for _ in range(2)]
    assert answers == [{"isFollowing": False, "followerCount": 0}] * 2


def test_nobody_follows_themselves_or_without_an_account() -> None:
    ada = UserFactory(username="ada")

    answer = App(ada).ask("put", "users/ada/follow")

    assert (answer.status_code, answer.json()["code"]) == (409, "cannot-follow-yourself")
    assert App().ask("put", "users/ada/follow").status_code == 401
    assert not Follow.objects.exists()


def test_whom_one_follows_comes_in_pages(django_assert_num_queries: Any) -> None:
    ada = UserFactory()
    for number in range(3):
        follow(ada, UserFactory(username=f"friend{number}"))
    follow(ada, UserFactory(username="gone", is_active=False))
    app = App(ada)

    with django_assert_num_queries(2):
        first = app.ask("get", "users/me/following?limit=2")
    following = first["Link"].partition("?")[2].partition(">")[0]
    second = app.ask("get", f"users/me/following?{following}")

    names = [person["username"] for page in (first, second) for person in page.json()]
    assert names == ["friend2", "friend1", "friend0"]
    assert "Link" not in second
    for cursor in ("x", "WzFd!", "WyJ4Il0", "WzEuNV0", "WzFdWzFd", "W3RydWVd"):
        answer = app.ask("get", f"users/me/following?cursor={cursor}")
        assert answer.status_code in {200, 422}


# --- Where one is signed in ---


def test_every_place_is_listed_and_can_be_ended() -> None:
    ada = UserFactory()
    app, other, browser = App(ada), App(ada), Client()
    browser.force_login(ada)
    browser.get("/", headers={"user-agent": "A browser"})

    rows = app.ask("get", "auth/sessions").json()

    assert sorted(row["kind"] for row in rows) == ["app", "app", "browser"]
    assert [row["isCurrent"] for row in rows].count(True) == 1
    (web,) = [row for row in rows if row["kind"] == "browser"]
    assert web["userAgent"] == "A browser"
    (elsewhere,) = [row for row in rows if row["kind"] == "app" and not row["isCurrent"]]

    assert app.ask("delete", f"auth/sessions/{web['id']}").status_code == 204
    assert app.ask("delete", f"auth/sessions/{elsewhere['id']}").status_code == 204

    assert browser.get("/api/users/me").status_code == 401
    assert other.ask("get", "users/me").status_code == 401
    assert len(app.ask("get", "auth/sessions").json()) == 1
    assert app.ask("delete", f"auth/sessions/{web['id']}").json()["code"] == "session-not-found"


def test_a_strangers_sign_in_is_not_there() -> None:
    ada, eve = App(UserFactory()), App(UserFactory())
    row = SignIn.objects.get(
        user__username__startswith="person", pk=SignIn.objects.earliest("pk").pk
    )

    assert eve.ask("delete", f"auth/sessions/{row.public_id}").status_code == 404
    assert ada.ask("get", "users/me").status_code == 200


def test_a_browser_sees_itself_and_may_end_itself() -> None:
    browser = Client()
    browser.force_login(UserFactory())

    (row,) = browser.get("/api/auth/sessions").json()
    assert row["isCurrent"]
    assert browser.delete(f"/api/auth/sessions/{row['id']}").status_code == 204

    assert browser.get("/api/users/me").status_code == 401


# --- Leaving ---


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


# --- One's own data ---


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


# --- Cookies ---


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("patch", "users/me"), ("delete", "users/me"), ("put", "users/me/avatar")),
        *(("post", "users/me/restore"), ("put", "users/ben/follow"), ("post", "tokens")),
        *(("put", "auth/password"), ("post", "auth/email"), ("post", "auth/logout")),
        *(("post", "auth/logout-everywhere"), ("delete", "auth/sessions/x")),
        *(("post", "auth/email/resend"), ("delete", "tokens/x"), ("delete", "users/me/banner")),
    ],
)
def test_with_a_cookie_every_change_needs_the_csrf_token(method: str, path: str) -> None:
    UserFactory(username="ben")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory())

    answer = getattr(browser, method)(f"/api/{path}", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf-failed")


def test_with_the_csrf_token_a_page_may_change_things() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory())
    browser.get("/")
    token = browser.cookies["csrftoken"].value

    answer = browser.patch(
        "/api/users/me", {"bio": "x"}, "application/json", headers={"x-csrftoken": token}
    )

    assert answer.status_code == 200


def test_who_was_here_is_written_down_every_ten_minutes(django_assert_num_queries: Any) -> None:
    ada = UserFactory()
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        app = App(ada)
        with django_assert_num_queries(2):
            app.ask("get", "tokens")
        clock.shift(601)
        app.ask("get", "tokens", REMOTE_ADDR="203.0.113.9")
        seen = datetime.now(UTC)

    row = SignIn.objects.get()
    assert (row.seen, row.address) == (seen, "203.0.113.9")
