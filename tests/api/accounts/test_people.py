"""Oneself and others: profiles, and follows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Follow
from accounts.services import follow
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


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
