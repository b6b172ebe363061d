"""Secrets do not reach the log, whoever writes them there."""

from __future__ import annotations

import logging

import pytest

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
