"""What a site does not start with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.nodes import node_word

GOOD = {
    "SECRET_KEY": "kH3vQ0xWm9Zr7TgLs2Yb8NcJd5Pf1AeU",
    "JWT_SECRET": "Xq4Rn7Vt2Bw9Km5Lz8Hs1Gy6Fd3Jc0Pa",
    "HOOK_SECRET": "u7Ei2Oy9Tr4Wq1Lk6Jh3Gf8Ds5Az0XcVb",
    "DEBUG": "0",
    "CLIENT_URL": "https://live.example.org",
    "ALLOWED_HOSTS": "",
    "REDIS_URL": "",
    "WEB_WORKERS": "1",
}


def start(**env: str) -> str:
    """Return the last line that reading the settings ends with; empty when all is well."""
    done = subprocess.run(
        [sys.executable, "-c", "import streair.settings"],
        env={**os.environ, **GOOD, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"CLIENT_URL": ""},
        {"DEBUG": "1", "CLIENT_URL": "http://192.168.1.5:3000"},
        {"INGEST_NODES": f"main,{node_word('hanoi')}"},
        {"DEBUG": "1", "CLIENT_URL": "", "ALLOWED_HOSTS": "localhost,box.local"},
        {"DEBUG": "1", "CLIENT_URL": "", "SECRET_KEY": "", "JWT_SECRET": "", "HOOK_SECRET": ""},
    ],
)
def test_it_starts_with_what_is_safe(env: dict[str, str]) -> None:
    assert start(**env) == ""


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"JWT_SECRET": "short"}, "JWT_SECRET is too short"),
        ({"HOOK_SECRET": "a" * 40}, "HOOK_SECRET is an example"),
        ({"SECRET_KEY": "please-change-me-before-you-go-live-1"}, "SECRET_KEY is an example"),
        ({"JWT_SECRET": GOOD["SECRET_KEY"]}, "JWT_SECRET is the same as SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG=1 on live.example.org"),
        (
            {"DEBUG": "1", "CLIENT_URL": "", "ALLOWED_HOSTS": "203.0.114.7"},
            "DEBUG=1 on 203.0.114.7",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=*"),
        ({"CLIENT_URL": "live.example.org"}, "CLIENT_URL must be like"),
        ({"CLIENT_URL": "https://live.example.org/site"}, "CLIENT_URL must be like"),
        ({"INGEST_NODES": "main,hanoi"}, "INGEST_NODES: hanoi must be like"),
        ({"WEB_WORKERS": "2"}, "WEB_WORKERS above 1 needs REDIS_URL"),
    ],
)
def test_it_says_in_one_line_why_it_does_not_start(env: dict[str, str], says: str) -> None:
    said = start(**env)

    assert said.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert says in said
