"""What a site does not start with, and that every program of it says so in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.nodes import node_word
from tests.servers.process import free_port

BASE = Path(__file__).resolve().parents[3]
GOOD = {
    "SECRET_KEY": "kH3vQ0xWm9Zr7TgLs2Yb8NcJd5Pf1AeU",
    "JWT_SECRET": "Xq4Rn7Vt2Bw9Km5Lz8Hs1Gy6Fd3Jc0Pa",
    "HOOK_SECRET": "u7Ei2Oy9Tr4Wq1Lk6Jh3Gf8Ds5Az0XcVb",
    "DEBUG": "0",
    "CLIENT_URL": "https://live.example.org",
    "ALLOWED_HOSTS": "",
    "DATABASE_URL": "",
    "REDIS_URL": "",
    "WEB_WORKERS": "1",
    "RATE_LIMIT_ENABLED": "",
    "DJANGO_SETTINGS_MODULE": "streair.settings",
}
EDGE_SECRET = "Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0Ja"


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python with this environment, as a shell would."""
    return subprocess.run(
        [sys.executable, *args],
        cwd=BASE,
        env={**os.environ, **GOOD, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def start(**env: str) -> str:
    """Return what reading the settings ends with; empty when all is well."""
    done = run("-c", "from streair.starting import read_settings as read; read()", **env)
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"CLIENT_URL": ""},
        {"DEBUG": "1", "CLIENT_URL": "http://192.168.1.5:3000"},
        {"INGEST_NODES": f"main,{node_word('hanoi')}"},
        {"DEBUG": "1", "CLIENT_URL": "", "ALLOWED_HOSTS": "localhost,box.local"},
        {"DEBUG": "1", "CLIENT_URL": "", "SECRET_KEY": "", "JWT_SECRET": "", "HOOK_SECRET": ""},
        # At home, where strangers are not, and as tests and measurements have it.
        {"CLIENT_URL": "http://box.local:3000", "RATE_LIMIT_ENABLED": "0"},
        {"CLIENT_URL": "http://localhost:3000"},
        {"CLIENT_URL": "http://[fd00::7]:3000"},
        {"CLIENT_URL": "https://localhost:8443", "RATE_LIMIT_ENABLED": "0"},
        {"CLIENT_URL": "", "RATE_LIMIT_ENABLED": "0"},
        {"TRUSTED_PROXIES": "127.0.0.1,::1,10.0.0.0/8,fd00::/8,104.16.0.0/13,2400:cb00::/32"},
        {"EDGE_SECRET": EDGE_SECRET, "EDGES": "https://edge.example.org"},
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
        ({"EDGE_SECRET": GOOD["SECRET_KEY"]}, "EDGE_SECRET is the same as SECRET_KEY"),
        ({"EDGE_SECRET": "a" * 40}, "EDGE_SECRET is an example"),
        ({"EDGE_SECRET": "short"}, "EDGE_SECRET is too short"),
        ({"EDGES": "https://edge.example.org"}, "EDGES needs EDGE_SECRET"),
        ({"METRICS_TOKEN": "a" * 20}, "METRICS_TOKEN is an example"),
        ({"METRICS_TOKEN": GOOD["JWT_SECRET"]}, "METRICS_TOKEN is the same as JWT_SECRET"),
        ({"DEBUG": "1"}, "DEBUG=1 on live.example.org"),
        (
            {"DEBUG": "1", "CLIENT_URL": "", "ALLOWED_HOSTS": "203.0.114.7"},
            "DEBUG=1 on 203.0.114.7",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=*"),
        ({"CLIENT_URL": "live.example.org"}, "CLIENT_URL must be like"),
        ({"CLIENT_URL": "https://live.example.org/site"}, "CLIENT_URL must be like"),
        ({"CLIENT_URL": "http://live.example.org"}, "make it https://"),
        ({"CLIENT_URL": "http://203.0.114.7:3000"}, "make it https://"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES=0.0.0.0/0 lets anybody"),
        ({"TRUSTED_PROXIES": "127.0.0.1,::/0"}, "TRUSTED_PROXIES=::/0 lets anybody"),
        ({"TRUSTED_PROXIES": "0.0.0.0/1,128.0.0.0/1"}, "TRUSTED_PROXIES=0.0.0.0/1 lets anybody"),
        ({"TRUSTED_PROXIES": "127.0.0.1,front"}, "TRUSTED_PROXIES holds 'front'"),
        ({"RATE_LIMIT_ENABLED": "0"}, "RATE_LIMIT_ENABLED=0 on live.example.org"),
        (
            {"RATE_LIMIT_ENABLED": "0", "CLIENT_URL": "", "ALLOWED_HOSTS": "box.local,203.0.114.7"},
            "RATE_LIMIT_ENABLED=0 on 203.0.114.7",
        ),
        ({"INGEST_NODES": "main,hanoi"}, "INGEST_NODES: hanoi must be like"),
        ({"WEB_WORKERS": "2"}, "WEB_WORKERS above 1 needs REDIS_URL"),
        ({"PORT": "three thousand"}, "PORT must be a whole number"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be"),
        ({"DATABASE_URL": "postgres://ada:hunter/2@db/x"}, "DATABASE_URL must be like"),
        ({"EMAIL_URL": "smtp+tls://ada:hunter/2@mail:587"}, "EMAIL_URL must be like"),
    ],
)
def test_it_says_in_one_line_why_it_does_not_start(env: dict[str, str], says: str) -> None:
    said = start(**env)

    assert said.startswith("StreAir: ")
    assert says in said
    assert said.count("\n") == 1
    assert "hunter" not in said


_GUNICORN = ["-m", "gunicorn", "-c"]
_PAGES = [*_GUNICORN, "deploy/gunicorn_web.py", "streair.wsgi:application"]
_EDGE = {"EDGE_SITE": "https://live.example.org", "EDGE_URL": "https://edge.example.org"}
_WEAK = {"JWT_SECRET": "a" * 40}


@pytest.mark.parametrize(
    ("args", "env", "says"),
    [
        (["manage.py", "check"], _WEAK, "JWT_SECRET"),
        (["manage.py", "migrate"], _WEAK, "JWT_SECRET"),
        (["manage.py", "streair_worker"], _WEAK, "JWT_SECRET"),
        (["manage.py", "streair_sidecar"], {"SIDECAR_PORT": "x"}, "SIDECAR_PORT"),
        (
            [*_GUNICORN, "deploy/gunicorn_settings.py", "streair.asgi:application"],
            _WEAK,
            "JWT_SECRET",
        ),
        (_PAGES, _WEAK, "JWT_SECRET"),
        (_PAGES, {}, "need REDIS_URL"),
        (_PAGES, {"PAGE_THREADS": "many"}, "PAGE_THREADS"),
        (["-m", "deploy.run"], _WEAK, "JWT_SECRET"),
        (["-m", "deploy.prepare"], _WEAK, "JWT_SECRET"),
        (["-m", "deploy.switch", "."], {"FRONT_HTTP_PORT": "www"}, "FRONT_HTTP_PORT"),
        (["-m", "deploy.front"], {"FRONT_CONNECTIONS": "all"}, "FRONT_CONNECTIONS"),
        (["-m", "streams.edge"], {**_EDGE, "EDGE_SECRET": "a" * 40}, "EDGE_SECRET"),
        (["-m", "streams.edge"], {**_EDGE, "EDGE_SECRET": EDGE_SECRET, "PORT": "x"}, "PORT"),
        (["-m", "streams.edge"], {"LOG_FORMAT": "x"}, "LOG_FORMAT"),
        (["-m", "streams.sidecar"], {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        (["-m", "streams.sidecar"], {"INGEST_NODE": "hanoi"}, "INGEST_SECRET"),
    ],
)
def test_every_program_of_the_site_says_it_in_one_line(
    args: list[str], env: Mapping[str, str], says: str, tmp_path: Path
) -> None:
    more = {"DATA_DIR": str(tmp_path), "PORT": str(free_port()), **env}

    done = run(*args, **more)

    assert done.returncode != 0
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
