"""Where to go next, and the same page in the other language."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from streair.core.redirects import in_language, next_url


@pytest.mark.parametrize(
    ("url", "vi", "en"),
    [
        ("/", "/", "/en/"),
        ("/en/", "/", "/en/"),
        ("/@ada/?page=2", "/@ada/?page=2", "/en/@ada/?page=2"),
        ("/en/studio/", "/studio/", "/en/studio/"),
        ("/english/", "/english/", "/en/english/"),
        ("/en", "/", "/en/"),
        ("/en//elsewhere.example/x", "/elsewhere.example/x", "/en/elsewhere.example/x"),
        ("/en/\\elsewhere.example/x", "/elsewhere.example/x", "/en/elsewhere.example/x"),
    ],
)
def test_every_page_has_a_twin_in_each_language(url: str, vi: str, en: str) -> None:
    assert (in_language(url, "vi"), in_language(url, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ("/studio/", "/studio/"),
        ("http://testserver/studio/", "http://testserver/studio/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(wanted: str, answer: str) -> None:
    request = RequestFactory().post("/sign-in/", {"next": wanted}, headers={"host": "testserver"})

    assert next_url(request, "/") == answer
