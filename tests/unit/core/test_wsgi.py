"""Pages in processes with threads: what is refused before Django sees it, and that they need Redis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from streair.bodies import LARGER, MAX_BODY_BYTES, Refusal


def scope(path: str, **headers: str) -> dict[str, Any]:
    found = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"path": path, "headers": found}


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/rooms", MAX_BODY_BYTES, None),
        ("/api/rooms", MAX_BODY_BYTES + 1, "413 Request Entity Too Large"),
        ("/api/users/me/avatar", MAX_BODY_BYTES + 1, None),
        (
            "/api/users/me/avatar",
            LARGER["/api/users/me/avatar"] + 1,
            "413 Request Entity Too Large",
        ),
    ],
)
def test_too_much_is_refused_before_it_is_read(path: str, size: int, status: str | None) -> None:
    refusal = Refusal.of(scope(path, content_length=str(size)))

    assert (refusal.as_wsgi()[0] if refusal else None) == status


def test_a_refusal_is_in_the_apis_words_and_leaves_the_connection_to_the_server() -> None:
    refusal = Refusal.of(scope("/api/rooms", content_length="99999999", accept_language="en"))

    assert refusal is not None
    _status, headers, body = refusal.as_wsgi()
    assert json.loads(body) == {"code": "too-large", "message": "The request is too large."}
    assert dict(headers) == {"content-type": "application/json", "content-length": str(len(body))}


def test_a_type_that_would_break_django_is_refused() -> None:
    refusal = Refusal.of(scope("/api/rooms", content_type="text/plain; charset=\0"))

    assert refusal is not None
    assert refusal.as_wsgi()[0] == "400 Bad Request"


def test_without_redis_processes_for_pages_alone_do_not_start() -> None:
    env = {**os.environ, "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "streair.settings"}

    done = subprocess.run(
        [sys.executable, "-c", "import streair.wsgi"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "Processes for pages alone need REDIS_URL" in done.stderr.splitlines()[-1]
