"""The page for the time without a network, and the worker that keeps it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "language"),
    [("/offline/", "vi"), ("/en/offline/", "en")],
)
def test_the_page_is_the_same_for_everybody(client: Client, path: str, language: str) -> None:
    stranger = client.get(path)
    client.force_login(UserFactory(username="ada"))
    client.cookies["theme"] = "dark"

    member = client.get(path)

    assert f'lang="{language}"' in stranger.content.decode()
    assert member.content == stranger.content
    assert read(stranger).inline == []
    assert "Set-Cookie" not in stranger.headers


def test_the_worker_is_a_script_that_browsers_ask_for_again(client: Client) -> None:
    answer = client.get("/service-worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    text = answer.content.decode()
    assert 'vi: "/offline/"' in text.replace("\\u002D", "-")
    assert 'en: "/en/offline/"' in text
