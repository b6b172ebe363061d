"""Recognizing people by name or e-mail."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.services import sign_up
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.org", "Ada@Example.org"])
def test_a_person_is_known_by_name_and_by_address_whatever_the_case(name: str) -> None:
    ada = UserFactory(username="Ada", email="ada@example.org")

    assert authenticate(username=name, password="secret-word") == ada


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong"), ("nobody", "secret-word"), ("", ""), ("ada", "")]
)
def test_a_wrong_name_or_password_is_nobody(name: str, password: str) -> None:
    UserFactory(username="ada")

    assert authenticate(username=name, password=password) is None


def test_who_was_locked_out_is_nobody() -> None:
    UserFactory(username="ada", is_active=False)

    assert authenticate(username="ada", password="secret-word") is None


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    composed, taken_apart = (unicodedata.normalize(form, "mật-khẩu-dài") for form in ("NFC", "NFD"))
    ada = sign_up(username="ada", email="ada@example.org", password=taken_apart)

    assert authenticate(username="ada", password=composed) == ada
    assert authenticate(username="ada", password=taken_apart) == ada


class CountedHasher(MD5PasswordHasher):
    """Counts how often somebody waits for it."""

    runs = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).runs += 1
        return super().encode(password, salt)


@pytest.mark.parametrize(
    ("known", "unknown"), [("ada", "nobody"), ("ada@example.org", "nobody@example.org")]
)
def test_an_unknown_name_takes_as_long_as_a_known_one(
    known: str, unknown: str, settings: Any, django_assert_num_queries: Any
) -> None:
    UserFactory(username="ada")
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    runs = []

    for name in (known, unknown):
        CountedHasher.runs = 0
        with django_assert_num_queries(1):
            assert authenticate(username=name, password="wrong") is None
        runs.append(CountedHasher.runs)

    assert runs[0] == runs[1] > 0


@pytest.mark.parametrize("squatters", [0, 1, 2, 3])
def test_the_clock_does_not_tell_an_address_to_whoever_registered_it_too(
    squatters: int, settings: Any
) -> None:
    UserFactory(email="ada@example.org", email_verified=True)
    for number in range(squatters):
        for local in ("ada", "nobody"):
            UserFactory(username=f"{local}{number}", email=f"{local}@example.org")
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    runs = []

    for local in ("ada", "nobody"):
        CountedHasher.runs = 0
        assert authenticate(username=f"{local}@example.org", password="wrong") is None
        runs.append(CountedHasher.runs)

    assert runs[0] == runs[1]
