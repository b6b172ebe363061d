"""Our own mistakes, with the database gone: this module may not touch it, and pytest sees to that."""

from __future__ import annotations

import pytest
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
