"""Secrets do not reach the log, whoever writes them there."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from accounts import links
from accounts.models import User
from accounts.services import create_token, sign_in_app
from chat.services import overlay_secret
from streair.core.logs import HideSecrets, without_secrets
from streams.keys import new_stream_key
from tests.factories import UserFactory


def written(message: str, *args: object) -> str:
    record = logging.LogRecord("any", logging.WARNING, "", 1, message, args, None)
    assert HideSecrets().filter(record)
    return record.getMessage()


@pytest.mark.django_db
def test_keys_tokens_and_links_are_blanked() -> None:
    user: User = UserFactory()
    tokens = sign_in_app(user, address="", user_agent="")
    personal = create_token(user, name="x", scopes=["chat:read"], expires=None, address="").secret
    link = links.new(links.Purpose.PASSWORD, user, email="somebody-with-a-long-name@example.org")

    overlay = overlay_secret(user)

    for secret in (tokens.access, tokens.refresh, personal, new_stream_key(), link, overlay):
        for text in (secret, f"GET /x/{secret}/ HTTP/1.1", f"Bearer {secret}", f"bearer.{secret},"):
            line = written("Not Found: %s", text)
            for part in (secret, secret[-20:], secret[len(secret) // 2 :][:20]):
                assert part not in line


def test_what_is_no_secret_stays() -> None:
    for text in ("Not Found: /rooms/abc/", "sa_", "12:30:45 a:b:c", "eyJ", "risk_assessment_pages"):
        assert without_secrets(text) == text


def test_passwords_in_urls_are_blanked() -> None:
    hidden = without_secrets("postgres://ada:hunter2@db/x smtp://a:b@c")
    assert hidden == "postgres://ada:***@db/x smtp://a:***@c"


@pytest.mark.django_db
def test_what_there_is_not_is_no_warning(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/nothing-here/")
    client.post("/api/rooms", {"title": "x"}, "application/json")

    found = [(record.name, record.levelname) for record in caplog.records]
    assert found == [("django.request", "INFO")] * 2


def test_refusals_are_not_logged_at_all_where_only_warnings_are(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="django.request")

    client.get("/api/nothing-here")

    assert caplog.records == []


@pytest.mark.django_db
def test_a_forged_form_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    Client(enforce_csrf_checks=True).post("/sign-in/", {"name": "ada", "password": "x"})

    found = [(record.name, record.levelname) for record in caplog.records]
    assert found == [("django.security.csrf", "WARNING")]


@pytest.mark.django_db
def test_what_django_finds_suspicious_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    fields = {f"field{number}": "x" for number in range(1001)}

    Client().post("/sign-in/", fields)

    names = {(record.name, record.levelname) for record in caplog.records}
    assert ("django.security.TooManyFieldsSent", "ERROR") in names


@pytest.mark.urls("tests.unit.core.broken_urls")
def test_our_own_mistakes_stay_errors(caplog: pytest.LogCaptureFixture) -> None:
    Client(raise_request_exception=False).get("/api/faulty")

    assert ("django.request", "ERROR") in {(r.name, r.levelname) for r in caplog.records}
