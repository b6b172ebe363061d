"""Where one is signed in, what is written down of it, and what a browser's cookie may do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import SignIn
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


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
