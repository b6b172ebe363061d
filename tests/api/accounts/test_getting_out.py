"""Getting out: here, everywhere, and everywhere else when the password changes."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import limits
from accounts.models import PersonalToken
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["access", "refresh"])
def test_logging_out_ends_the_family(by: str) -> None:
    app = App(UserFactory())
    assert app.tokens is not None

    if by == "access":
        answer = app.ask("post", "auth/logout", {})
    else:
        answer = App().ask("post", "auth/logout", {"refresh": app.tokens.refresh})

    assert answer.status_code == 204
    assert app.ask("get", "users/me").status_code == 401
    assert App().ask("post", "auth/refresh", {"refresh": app.tokens.refresh}).status_code == 401


def test_nobody_cannot_log_out() -> None:
    assert App().ask("post", "auth/logout", {}).status_code == 401


def test_logging_out_everywhere_ends_tokens_and_sessions() -> None:
    ada = UserFactory()
    app, other, browser = App(ada), App(ada), Client()
    browser.force_login(ada)

    assert app.ask("post", "auth/logout-everywhere").status_code == 204

    assert other.ask("get", "users/me").status_code == 401
    assert app.ask("get", "users/me").status_code == 401
    assert browser.get("/api/users/me").status_code == 401


def test_a_browser_logs_out_everywhere_itself_included() -> None:
    ada = UserFactory()
    browser, app = Client(), App(ada)
    browser.force_login(ada)

    assert browser.post("/api/auth/logout-everywhere").status_code == 204

    assert browser.get("/api/users/me").status_code == 401
    assert app.ask("get", "users/me").status_code == 401


def test_another_password_ends_everything_else() -> None:
    ada = UserFactory(username="ada")
    app, other, browser = App(ada), App(ada), Client()
    browser.force_login(ada)
    body = {"current": "secret-word", "password": "harbor-at-dawn"}

    answer = app.ask("put", "auth/password", body)

    assert answer.status_code == 200
    assert App(token=answer.json()["token"]).ask("get", "users/me").status_code == 200
    assert [each.ask("get", "users/me").status_code for each in (app, other)] == [401, 401]
    assert browser.get("/api/users/me").status_code == 401
    login = {"username": "ada", "password": "harbor-at-dawn"}
    assert App().ask("post", "auth/login", login).status_code == 200
    assert not PersonalToken.objects.exists()


def test_a_browser_changes_its_password_and_stays() -> None:
    ada = UserFactory()
    browser = Client()
    browser.force_login(ada)
    body = {"current": "secret-word", "password": "harbor-at-dawn"}

    answer = browser.put("/api/auth/password", body, content_type="application/json")

    assert set(answer.json()) == {"user"}
    assert browser.get("/api/users/me").status_code == 200


@pytest.mark.parametrize(
    ("current", "password", "field"),
    [("wrong", "harbor-at-dawn", "current"), ("secret-word", "12345", "password")],
)
def test_a_password_that_will_not_do_changes_nothing(
    current: str, password: str, field: str
) -> None:
    app = App(UserFactory())

    answer = app.ask("put", "auth/password", {"current": current, "password": password})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert app.ask("get", "users/me").status_code == 200


def test_guesses_at_the_own_password_are_limited() -> None:
    app = App(UserFactory())
    body = {"current": "guess", "password": "harbor-at-dawn"}

    for _ in range(limits.PASSWORD_CHECKS.count):
        assert app.ask("put", "auth/password", body).status_code == 422

    assert app.ask("put", "auth/password", body).status_code == 429
