"""Getting in, and going on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher, identify_hasher, make_password
from django.db import connection

from accounts import limits
from accounts.models import SignIn, User
from accounts.services import sign_in_app
from tests.api.accounts.people import App
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NEWCOMER = {"username": "linh", "email": "linh@example.org", "password": "harbor-at-dawn"}


def test_a_newcomer_is_signed_in_at_once() -> None:
    answer = App().ask("post", "auth/register", NEWCOMER)

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"token", "refresh", "user"}
    user = User.objects.get(username="linh")
    assert (body["user"]["id"], body["user"]["username"]) == (user.pk, "linh")
    assert body["user"]["email"] == "linh@example.org"
    assert body["user"]["emailVerified"] is False
    assert App(token=body["token"]).ask("get", "users/me").json()["username"] == "linh"


def test_a_taken_name_is_a_conflict_and_other_faults_are_named_by_field() -> None:
    UserFactory(username="Linh")

    taken = App().ask("post", "auth/register", NEWCOMER)
    worse = App().ask("post", "auth/register", {**NEWCOMER, "email": "nowhere", "password": "1"})
    missing = App().ask("post", "auth/register", {})

    assert (taken.status_code, taken.json()["code"]) == (409, "username-taken")
    assert worse.status_code == missing.status_code == 422
    assert set(worse.json()["errors"]) == {"username", "email", "password"}
    assert set(missing.json()["errors"]) == {"username", "email", "password"}


def test_a_known_address_looks_like_an_unknown_one() -> None:
    UserFactory(email="known@example.org", email_verified=True)

    answers = [
        App().ask("post", "auth/register", {**NEWCOMER, "username": name, "email": email}).json()
        for name, email in [("one", "known@example.org"), ("two", "unknown@example.org")]
    ]
    for answer in answers:
        for name in ("token", "refresh"):
            del answer[name]
        for name in ("id", "username", "displayName", "email", "createdAt", "lastLogin"):
            del answer["user"][name]
        answer["user"].pop("streamKey", None)

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "who", [{"email": "ADA@example.org"}, {"email": "ada"}, {"username": "Ada"}]
)
def test_a_person_signs_in_by_address_or_name(who: dict[str, str]) -> None:
    ada = UserFactory(username="ada")

    answer = App().ask("post", "auth/login", {**who, "password": "secret-word"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"token", "refresh", "user"}
    assert answer.json()["user"]["id"] == ada.pk
    assert not answer.cookies


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("nobody@example.org", "secret-word"), ("gone", "secret-word")],
)
def test_a_refusal_does_not_say_what_was_wrong(name: str, password: str) -> None:
    UserFactory(username="ada")
    UserFactory(username="gone", is_active=False)

    answer = App().ask("post", "auth/login", {"email": name, "password": password})

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
    assert answer.json()["message"] == "This name and this password do not belong together."


def test_an_unverified_address_opens_whichever_account_has_the_password() -> None:
    owner = UserFactory(username="owner", email="ada@example.org", email_verified=True)
    squatter = UserFactory(username="squatter", email="ada@example.org")
    squatter.set_password("other-word")
    squatter.save()

    def login(password: str) -> Any:
        body = {"email": "ada@example.org", "password": password}
        return App().ask("post", "auth/login", body).json()["user"]["id"]

    assert (login("secret-word"), login("other-word")) == (owner.pk, squatter.pk)


def test_old_hashes_open_and_are_made_anew(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    ]
    hasher = BCryptSHA256PasswordHasher()
    hasher.rounds = 4
    old = hasher.encode("secret-word", hasher.salt())
    ada = UserFactory(username="ada")
    User.objects.filter(pk=ada.pk).update(password=old)

    answer = App().ask("post", "auth/login", {"username": "ada", "password": "secret-word"})

    ada.refresh_from_db()
    assert answer.status_code == 200
    assert identify_hasher(ada.password).algorithm == "argon2"
    assert App(token=answer.json()["token"]).ask("get", "users/me").status_code == 200
    assert identify_hasher(make_password("new")).algorithm == "argon2"


def test_guesses_are_limited_and_say_when_to_come_back() -> None:
    UserFactory(username="ada")

    for _ in range(limits.SIGN_IN_BY_ACCOUNT.count):
        App().ask("post", "auth/login", {"username": "ada", "password": "guess"})
    answer = App().ask("post", "auth/login", {"username": "ADA", "password": "secret-word"})

    assert (answer.status_code, answer.json()["code"]) == (429, "too-fast")
    assert 0 < int(answer["Retry-After"]) <= limits.SIGN_IN_BY_ACCOUNT.seconds + 1


def test_guesses_by_name_and_by_address_are_guesses_at_one_person() -> None:
    UserFactory(username="ada")
    half = limits.GUESSES_AT_PERSON.count // 2
    for who in ("ada", "ada@example.org"):
        for _ in range(half):
            App().ask("post", "auth/login", {"email": who, "password": "guess"})

    answer = App().ask("post", "auth/login", {"email": "ada", "password": "secret-word"})

    # Not 429: that would say that both are one person.
    assert answer.json()["code"] == "wrong-credentials"


def test_refreshing_brings_the_next_pair() -> None:
    first = sign_in_app(UserFactory(), address="", user_agent="")

    second = App().ask("post", "auth/refresh", {"refresh": first.refresh}).json()
    third = App().ask("post", "auth/refresh", {"refresh": second["refresh"]})

    assert third.status_code == 200
    assert App(token=second["token"]).ask("get", "users/me").status_code == 200


def test_a_used_refresh_token_ends_the_whole_family() -> None:
    ada = UserFactory()
    first, other = App(ada), App(ada)
    assert first.tokens is not None
    assert other.tokens is not None
    second = App().ask("post", "auth/refresh", {"refresh": first.tokens.refresh}).json()

    reused = App().ask("post", "auth/refresh", {"refresh": first.tokens.refresh})

    assert (reused.status_code, reused.json()["code"]) == (401, "token-invalid")
    assert App().ask("post", "auth/refresh", {"refresh": second["refresh"]}).status_code == 401
    assert App(token=second["token"]).ask("get", "users/me").status_code == 401
    assert other.ask("get", "users/me").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_who_refresh_with_one_token_at_once_exactly_one_gets_through() -> None:
    tokens = sign_in_app(UserFactory(), address="", user_agent="")
    together = Barrier(8)

    def attempt(_number: int) -> int:
        together.wait(timeout=20)
        try:
            answer = App().ask("post", "auth/refresh", {"refresh": tokens.refresh})
        finally:
            connection.close()
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as threads:
        results = sorted(threads.map(attempt, range(8)))

    assert results == [200, *[401] * 7]
    assert SignIn.objects.get().revoked is not None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_one_name_at_once_exactly_one_gets_it() -> None:
    together = Barrier(6)

    def attempt(number: int) -> tuple[int, str]:
        body = {**NEWCOMER, "email": f"linh{number}@example.org"}
        together.wait(timeout=20)
        try:
            answer = App().ask("post", "auth/register", body)
        finally:
            connection.close()
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(6) as threads:
        results = sorted(threads.map(attempt, range(6)))

    assert results == [(201, ""), *[(409, "username-taken")] * 5]


def test_it_costs_one_query_to_know_who_asks(django_assert_num_queries: Any) -> None:
    app = App(UserFactory())

    with django_assert_num_queries(2):  # The other one is for the list.
        assert app.ask("get", "tokens").json() == []
