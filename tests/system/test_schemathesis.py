"""Thousands of requests made from the OpenAPI document: none is a fault of ours, none is answered outside of it."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from tests.servers.site import Site

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

_CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]
# They end the sign-in that the other requests need, or change the password that it was made with.
_ENDING = "logout|logoutEverywhere|deleteMe|changePassword|endSession"
_OWNER = """
from accounts.services import create_token, sign_in_app, sign_up
from rooms.services import open_room
owner = sign_up(username="fuzz_{n}", email="fuzz_{n}@example.org", password="harbor-at-dawn")
room = open_room(owner=owner, title="A quiet evening")
print(owner.username, room.room_id)
for _ in range(2):
    print(sign_in_app(owner, address="192.0.2.1", user_agent="Schemathesis").access)
"""


class Owner(NamedTuple):
    """Somebody with a room, and tokens of theirs."""

    username: str
    room_id: str
    token: str
    other_token: str


class Run(NamedTuple):
    """What came of it."""

    cases: int
    failed: bool
    output: str


@pytest.fixture
def owner(site: Site) -> Owner:
    """Somebody of the test's own: another test may sign its owner out everywhere."""
    return Owner(*site.python(_OWNER.replace("{n}", uuid.uuid4().hex[:8])).split())


def schemathesis(
    site: Site, folder: Path, *options: str, examples: int, config: str = "", token: str = ""
) -> Run:
    """Make requests to the site; `options` are schemathesis' own."""
    command = [sys.executable, "-m", "schemathesis.cli"]
    (folder / "schemathesis.toml").write_text(config)
    command += ["run", f"{site.url}/api/schema/"]
    command += [f"--checks={','.join(_CHECKS)}", "--phases=examples,coverage,fuzzing"]
    command += [f"--max-examples={examples}", "--generation-deterministic"]
    # One worker: ast.parse of Python 3.11, which Hypothesis uses, fails in threads (gh-106905).
    command += ["--workers=1", "--no-shrink", "--continue-on-failure", "--no-color"]
    command += ["--request-timeout=20", "--suppress-health-check=all", "--warnings=off"]
    command += [f"--header=Authorization:Bearer {token}"] if token else []
    done = subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False, timeout=280
    )
    counted = re.search(r"([\d,]+) generated", done.stdout)
    assert counted is not None, done.stdout + done.stderr
    return Run(int(counted[1].replace(",", "")), done.returncode != 0, done.stdout[-30_000:])


def test_strangers_find_no_fault(site: Site, tmp_path: Path) -> None:
    # Left to itself it signs up.
    run = schemathesis(site, tmp_path, config="[auth]\nauto-signup = false\n", examples=20)

    assert not run.failed, run.output
    assert run.cases >= 1000


def test_whoever_is_signed_in_finds_no_fault(site: Site, owner: Owner, tmp_path: Path) -> None:
    config = f"""
[parameters]
"path.room_id" = "{owner.room_id}"
"path.name" = "{owner.room_id}"
"path.username" = "{owner.username}"
"""
    run = schemathesis(
        site,
        tmp_path,
        f"--exclude-operation-id-regex=^({_ENDING})$",
        config=config,
        token=owner.token,
        examples=20,
    )

    assert not run.failed, run.output
    assert run.cases >= 1000
    bearer = {"Authorization": f"Bearer {owner.token}"}
    me = requests.get(f"{site.url}/api/users/me", headers=bearer, timeout=20)
    assert me.status_code == 200, "it was signed in until the end"


def test_ending_a_sign_in_in_every_way_finds_no_fault(
    site: Site, owner: Owner, tmp_path: Path
) -> None:
    run = schemathesis(
        site,
        tmp_path,
        f"--include-operation-id-regex=^({_ENDING})$",
        token=owner.other_token,
        examples=20,
    )

    assert not run.failed, run.output
