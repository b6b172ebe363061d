"""Signing up, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import limits
from accounts.models import User
from streair.core.ratelimit import spend
from tests.factories import UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

NEWCOMER = {"username": "linh", "email": "linh@example.org", "password": "harbor-at-dawn"}


@pytest.fixture(autouse=True)
def still_clock() -> Iterator[None]:
    """Stop the clock: no window of a limit may end while a test fills it."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def sign_in(client: Client, name: str = "ada", **more: str) -> Any:
    fields = {"name": name, "password": "secret-word", **more}
    return client.post("/en/sign-in/", fields)


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org"])
def test_a_person_signs_in_by_name_or_address(client: Client, name: str) -> None:
    UserFactory(username="ada")

    assert sign_in(client, name).headers["Location"] == "/en/"
    assert signed_in(client)


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", "secret-word")])
def test_a_refusal_does_not_say_what_was_wrong(client: Client, name: str, password: str) -> None:
    UserFactory(username="ada")

    answer = sign_in(client, name, password=password)

    assert answer.status_code == 422
    assert "This name and this password do not belong together." in answer.content.decode()
    assert read(answer).values["name"] == name
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "there"),
    [("/studio/", "/studio/"), ("https://elsewhere.example/", "/en/"), ("//x.example", "/en/")],
)
def test_one_comes_back_to_where_one_wanted_to_go(client: Client, wanted: str, there: str) -> None:
    UserFactory(username="ada")

    assert sign_in(client, next=wanted).headers["Location"] == there


def test_the_way_goes_on_from_signing_in_to_signing_up(client: Client) -> None:
    page = read(client.get("/sign-in/?next=/studio/"))

    assert "/studio/" in [each["value"] for each in page.having("name") if each["name"] == "next"]
    assert "/sign-up/?next=/studio/" in page.links


def test_who_is_signed_in_already_goes_on(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/sign-in/?next=/studio/").headers["Location"] == "/studio/"
    assert client.get("/sign-up/").headers["Location"] == "/studio/"


def test_signing_in_changes_the_session(client: Client) -> None:
    UserFactory(username="ada")
    client.get("/sign-in/")
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)

    sign_in(client)

    assert client.session.session_key != before


def test_signing_out_is_posted_and_ends_the_session(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert not signed_in(client)


@pytest.mark.parametrize("url", ["/sign-in/", "/sign-up/", "/sign-out/"])
def test_forms_need_their_token(url: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(url, NEWCOMER)

    assert answer.status_code == 403
    assert "Trang này đã mở quá lâu" in answer.content.decode()


def test_guesses_at_one_account_are_limited_from_wherever_they_come(client: Client) -> None:
    UserFactory(username="ada")
    for number in range(limits.SIGN_IN_BY_ACCOUNT.count):
        client.post(
            "/sign-in/", {"name": "Ada", "password": "guess"}, REMOTE_ADDR=f"203.0.113.{number}"
        )

    answer = client.post(
        "/en/sign-in/", {"name": "ada", "password": "secret-word"}, REMOTE_ADDR="198.51.100.1"
    )

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= limits.SIGN_IN_BY_ACCOUNT.seconds + 1
    assert read(answer).values["name"] == "ada"
    # Whether the password was right is not said.
    assert "belong together" not in answer.content.decode()
    assert not signed_in(client)
    assert sign_in(client, "somebody-else").status_code == 422


def test_guesses_from_one_address_are_limited_whoever_they_are_at(client: Client) -> None:
    UserFactory(username="ada")
    for _ in range(limits.SIGN_IN_BY_ADDRESS.count - 1):
        spend(limits.SIGN_IN_BY_ADDRESS, "127.0.0.1")

    assert sign_in(client, "somebody-else").status_code == 422

    assert sign_in(client).status_code == 429
    elsewhere = {"name": "ada", "password": "secret-word"}
    assert client.post("/sign-in/", elsewhere, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_accounts_from_one_address_are_limited(client: Client) -> None:
    for _ in range(limits.SIGN_UP_BY_ADDRESS.count - 1):
        spend(limits.SIGN_UP_BY_ADDRESS, "127.0.0.1")

    assert client.post("/sign-up/", {**NEWCOMER, "password": "1"}).status_code == 422
    answer = client.post("/sign-up/", NEWCOMER)

    assert answer.status_code == 429
    assert read(answer).values["username"] == "linh"
    assert not User.objects.exists()
