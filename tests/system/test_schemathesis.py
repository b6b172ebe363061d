"""Thousands of requests made from the OpenAPI document: none is a fault of ours, none is answered outside of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

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


class Run(NamedTuple):
    """What came of it."""

    cases: int
    failed: bool
    output: str


def schemathesis(site: Site, folder: Path, *options: str, examples: int) -> Run:
    """Make requests to the site; `options` are schemathesis' own."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{site.url}/api/schema/"]
    command += [f"--checks={','.join(_CHECKS)}", "--phases=examples,coverage,fuzzing"]
    command += [f"--max-examples={examples}", "--generation-deterministic"]
    command += ["--workers=2", "--no-shrink", "--continue-on-failure", "--no-color"]
    command += ["--request-timeout=20", "--suppress-health-check=all"]
    done = subprocess.run(
        [*command, "--warnings=off", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    counted = re.search(r"([\d,]+) generated", done.stdout)
    assert counted is not None, done.stdout + done.stderr
    return Run(int(counted[1].replace(",", "")), done.returncode != 0, done.stdout[-20_000:])


def test_strangers_find_no_fault(site: Site, tmp_path: Path) -> None:
    run = schemathesis(site, tmp_path, examples=40)

    assert not run.failed, run.output
    assert run.cases >= 1000
