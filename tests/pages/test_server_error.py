"""Our own mistakes, with the database gone: this module may not touch it, and pytest sees to that."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.pages.reading import read


@pytest.mark.parametrize(
    ("url", "words"),
    [("/", "Có gì đó hỏng ở phía chúng tôi"), ("/en/", "Something broke on our side")],
)
def test_without_the_database_there_is_a_page_that_says_so(url: str, words: str) -> None:
    answer = Client(raise_request_exception=False).get(url)

    assert answer.status_code == 500
    assert words in answer.content.decode()
    assert read(answer).inline == []


def _away(*_args: Any) -> Any:
    raise OperationalError("The connection is lost.")


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "0123456789abcdefghijklmnopqrstuv"])
@pytest.mark.parametrize("url", ["/", "/en/", "/account/", "/rooms/abc/", "/@ada/", "/nowhere/"])
def test_while_the_database_is_away_pages_say_that_they_come_back(url: str, cookie: str) -> None:
    client = Client(raise_request_exception=False)
    if cookie:
        client.cookies["sessionid"] = cookie

    with connection.execute_wrapper(_away):
        answer = client.get(url, follow=True)

    needs_none = url in {"/account/", "/nowhere/"} and not cookie
    assert answer.status_code == 503 or needs_none
    assert answer.status_code < 500 or "503" in answer.content.decode()


@pytest.mark.django_db
def test_while_the_database_is_away_scripts_get_json() -> None:
    client = Client(raise_request_exception=False)

    with connection.execute_wrapper(_away):
        answer = client.get("/", headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
