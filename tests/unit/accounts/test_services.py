"""Signing up: what is accepted, what is refused and why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils.translation import override

from accounts.models import User
from accounts.services import sign_up
from streair.core.errors import Conflict, Invalid
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def refusal(**fields: str) -> dict[str, list[str]]:
    """Return the sentences that a sign-up with these fields is refused with, in English."""
    values = {"username": "ada", "email": "ada@example.org", "password": "harbor-at-dawn"}
    with override("en"), pytest.raises(Invalid) as refused:
        sign_up(**{**values, **fields})
    return refused.value.errors


def test_a_newcomer_gets_an_account_and_can_be_recognized() -> None:
    user = sign_up(username=" ada ", email="Ada@Example.ORG", password="harbor-at-dawn")

    user.refresh_from_db()
    assert (user.username, user.email) == ("ada", "Ada@example.org")
    assert user.check_password("harbor-at-dawn")
    assert not user.is_staff


@pytest.mark.parametrize("username", ["ab", "minh anh", "minh-anh", "đạt", "a" * 31, "", "<b>"])
def test_names_that_do_not_fit_are_refused(username: str) -> None:
    assert list(refusal(username=username)) == ["username"]


@pytest.mark.parametrize(
    "username", ["stre_air", "ad.min", "root.", "...", "admin", "Moderator", "STREAIR"]
)
def test_names_that_pass_for_the_site_are_refused(username: str) -> None:
    assert refusal(username=username) == {"username": ["This user name is reserved."]}


def test_a_name_is_taken_whatever_the_case() -> None:
    UserFactory(username="Ada")

    with override("en"), pytest.raises(Conflict) as refused:
        sign_up(username="aDA", email="other@example.org", password="harbor-at-dawn")

    assert refused.value.code == "username-taken"
    assert refused.value.errors == {"username": ["This user name is taken."]}


@pytest.mark.parametrize("verified", [False, True])
def test_nobody_learns_that_an_address_is_known(verified: bool) -> None:
    UserFactory(email="ada@example.org", email_verified=verified)

    newcomer = sign_up(username="newcomer", email="ADA@example.org", password="harbor-at-dawn")

    assert newcomer.email == "ADA@example.org"
    assert not newcomer.email_verified


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("lovely", "1ovely"),
        ("lovely", "Iovely"),
        ("moon", "m0on"),
        ("barn", "bam"),
        ("swim", "svvim"),
        ("mai_anh", "mai.anh"),
        ("mai_anh", "_mai__anh_"),
    ],
)
def test_a_name_that_looks_like_one_that_is_taken_is_refused(there: str, wanted: str) -> None:
    sign_up(username=there, email="a@example.org", password="harbor-at-dawn")

    with override("en"), pytest.raises(Conflict) as refused:
        sign_up(username=wanted, email="b@example.org", password="harbor-at-dawn")

    assert refused.value.errors == {"username": ["This user name looks like one that is taken."]}


@pytest.mark.parametrize("password", ["short", "12345678901", "password1", "ada@example.org"])
def test_weak_passwords_are_refused(password: str) -> None:
    assert list(refusal(password=password)) == ["password"]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert set(refusal(username="?", email="nowhere", password="1")) == {
        "username",
        "email",
        "password",
    }


def test_nothing_is_stored_when_it_is_refused() -> None:
    refusal(password="1")

    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_name_at_once_exactly_one_gets_it() -> None:
    together = Barrier(6)

    def attempt(number: int) -> str:
        together.wait(timeout=20)
        try:
            sign_up(username="ada", email=f"ada{number}@example.org", password="harbor-at-dawn")
        except Conflict as refused:
            return ",".join(refused.errors)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(6) as threads:
        results = sorted(threads.map(attempt, range(6)))

    assert results == ["done", *["username"] * 5]
    assert User.objects.count() == 1
