"""Every browser that opens a page gets a number of its own, and keeps it."""

from __future__ import annotations

import pytest
from django.test import Client

from rooms.visitors import COOKIE, stand_in, visitor_of

pytestmark = pytest.mark.django_db


def test_a_page_gives_the_browser_a_number_once() -> None:
    client = Client()

    first = client.get("/").cookies[COOKIE]
    again = client.get("/")

    assert first["httponly"]
    assert first["samesite"] == "Lax"
    assert visitor_of({COOKIE: first.value}) is not None
    assert COOKIE not in again.cookies


def test_browsers_are_told_apart() -> None:
    values = {Client().get("/").cookies[COOKIE].value for _ in range(3)}

    assert len(values) == 3


def test_a_number_that_we_did_not_sign_is_replaced() -> None:
    client = Client()
    client.cookies[COOKIE] = "me:made-up"

    answer = client.get("/")

    assert visitor_of({COOKIE: "me:made-up"}) is None
    assert visitor_of({COOKIE: answer.cookies[COOKIE].value}) is not None


def test_programs_get_no_number() -> None:
    assert COOKIE not in Client().post("/hooks/event").cookies


def test_a_stand_in_tells_addresses_and_browsers_apart_but_not_which() -> None:
    names = {stand_in("192.0.2.1", "Firefox"), stand_in("192.0.2.1", "Chrome")}
    names.add(stand_in("192.0.2.2", "Firefox"))

    assert len(names) == 3
    assert not any("192" in name for name in names)
    assert stand_in("192.0.2.1", "Firefox") in names
