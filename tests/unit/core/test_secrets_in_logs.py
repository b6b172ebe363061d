"""Secrets do not reach the log, whoever writes them there."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts import links
from accounts.models import User
from accounts.services import create_token, sign_in_app
from chat.services import overlay_secret
from streair.logs import HideSecrets, Json, Readable, without_secrets
from streair.secrets import is_secret
from streams import nodes
from streams.keys import new_stream_key
from tests.canaries import Listener
from tests.factories import UserFactory
from tests.servers.leaks import assert_no_secrets_logged


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


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgres://ada:hunter2@db/x smtp://a:b@c", "postgres://ada:***@db/x smtp://a:***@c"),
        ("postgres://ada:hun@ter@2@db/x", "postgres://ada:***@db/x"),
        ("rediss://:hunter@2@10.0.0.1:6379/0", "rediss://:***@10.0.0.1:6379/0"),
        # Profiles of ours: no password is in there.
        ("http://localhost:3000/@ada/ a@b", "http://localhost:3000/@ada/ a@b"),
    ],
)
def test_passwords_in_urls_are_blanked(text: str, hidden: str) -> None:
    assert without_secrets(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Cookie: sessionid=canary-1; csrftoken=canary-2",
        "{'HTTP_COOKIE': 'visitor=canary-1; room-abc=canary-2', 'PATH_INFO': '/'}",
        "Set-Cookie: sessionid=canary; Path=/",
        "Authorization: Basic canary",
        "{'HTTP_AUTHORIZATION': 'Token canary'}",
        '{"username": "ada", "password": "canary with blanks"}',
        "username=ada&password=canary&next=/",
        "<QueryDict: {'csrfmiddlewaretoken': ['canary'], 'new_password': ['canary']}>",
        "X-Hook-Secret: canary",
        "EMAIL_HOST_PASSWORD=canary",
        "rediss://:canary@10.0.0.1:6379/0",
    ],
)
def test_cookies_headers_and_fields_are_blanked(text: str) -> None:
    assert "canary" not in written("It went wrong: %s", text)


@pytest.mark.parametrize(
    "text", ["a", "eyJ", "sk_", "a:", "secret", "password=", "x.", "://", "cookie"]
)
def test_however_long_a_text_is_it_is_read_about_once(text: str) -> None:
    """Nobody measures here: what looks again and again would take hours, and the test would be ended."""
    written("%s", text * 300_000)


# What each program is told: settings by their names, and the passwords of addresses.
TOLD = {
    "SECRET_KEY": "kH3vQ0xWm9Zr7TgLs2Yb8NcJd5Pf1AeU",
    "JWT_SECRET": "Xq4Rn7Vt2Bw9Km5Lz8Hs1Gy6Fd3Jc0Pa",
    "HOOK_SECRET": "u7Ei2Oy9Tr4Wq1Lk6Jh3Gf8Ds5Az0XcVb",
    "EDGE_SECRET": "Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0Ja",
    "INGEST_SECRET": "9c1e" * 16,
    "METRICS_TOKEN": "a-token-of-a-prometheus",
    "DATABASE_URL": "postgres://ada:wave%40night@127.0.0.1:9/x",
    "REDIS_URL": "redis://:pebble-shore@127.0.0.1:9/0",
    "EMAIL_URL": "smtp+tls://ada:lantern-hill@127.0.0.1:9",
}
IN_ADDRESSES = ["wave%40night", "wave@night", "pebble-shore", "lantern-hill"]
BASE = Path(__file__).resolve().parents[3]
SAY = "; import logging, sys; logging.getLogger('any').warning(sys.stdin.read())"
PROGRAMS = {
    "site": "import django; django.setup()" + SAY,
    "edge": "import streams.edge.__main__ as it; it.logs.begin()" + SAY,
    "node": "import streams.sidecar.__main__ as it; it.logs.begin()" + SAY,
}


def test_the_sites_own_secrets_are_known_by_their_names() -> None:
    example = (BASE / ".env.example").read_text()
    named = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)

    assert {name for name in named if is_secret(name)} == {
        name for name in TOLD if not name.endswith("_URL")
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_sites_own_secrets_are_blanked_wherever_they_stand(
    program: str, tmp_path: Path
) -> None:
    words = [value for name, value in TOLD.items() if not name.endswith("_URL")] + IN_ADDRESSES
    more = {"DJANGO_SETTINGS_MODULE": "streair.settings", "DATA_DIR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAMS[program]],
        input=" ".join(words),
        env={**os.environ, "LOG_FORMAT": "", **more, **TOLD},
        cwd=BASE,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    (line,) = map(json.loads, done.stderr.splitlines())
    assert line["message"] == " ".join(["***"] * len(words))
    assert (line["logger"], line["level"]) == ("any", "WARNING")


def test_what_a_node_is_told_is_blanked_too(settings: Any) -> None:
    secret = nodes.secret_of("hanoi")

    assert secret not in written(f"Somebody sent {secret}.")


def test_what_went_wrong_is_told_without_secrets() -> None:
    def fail() -> None:
        raise ValueError("postgres://ada:canary@db/x")

    try:
        fail()
    except ValueError:
        record = logging.LogRecord("any", logging.ERROR, "", 1, "No.", (), sys.exc_info())
    record.stack_info = "connect('postgres://ada:canary@db/x')"
    HideSecrets().filter(record)

    for formatter in (Json(), Readable()):
        line = formatter.format(record)
        assert "canary" not in line
        assert "ValueError: postgres://ada:***@db/x" in line


@pytest.mark.parametrize(
    "text",
    [
        "somebody sent pebble-shore",
        TOLD["EDGE_SECRET"],
        "sk_0123456789abcdefghijklmnopqrstuv",
        "a-Secret-word",
    ],
)
def test_the_suite_looks_through_the_logs_of_its_programs(tmp_path: Path, text: str) -> None:
    told = {name: TOLD[name] for name in ("EDGE_SECRET", "REDIS_URL")}
    well, bad = tmp_path / "web.log", tmp_path / "worker.log.2"
    well.write_text("redis://:***@db/x, and a sk_***\n")
    assert_no_secrets_logged([well], told)

    bad.write_text(f"a line\n{text}\n")

    with pytest.raises(AssertionError, match=bad.name):
        assert_no_secrets_logged([well, bad], told)


def test_the_suite_listens_for_secrets() -> None:
    listener = Listener()
    for text in ("it was a-Secret-word", "a key sk_0123456789abcdefghijklmnopqrstuv"):
        record = logging.LogRecord("any", logging.INFO, "", 1, text, (), None)
        listener.handle(record)

    # A bare word says nothing about itself to whoever hides secrets; it would be found.
    assert ["a-Secret-word" in line for line in listener.found] == [True]
