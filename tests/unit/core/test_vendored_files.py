"""What is vendored is what VERSIONS.md says."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from django.conf import settings

LIB = Path(settings.BASE_DIR) / "static" / "lib"


def listed() -> dict[str, str]:
    """Return the hash that VERSIONS.md gives each file."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in (LIB / "VERSIONS.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| file ")
    ]
    return {row[0].strip("`"): row[4].strip("`") for row in rows}


@pytest.mark.parametrize("name", listed())
def test_vendored_file_is_unchanged(name: str) -> None:
    digest = hashlib.sha384((LIB / name).read_bytes()).digest()

    assert base64.b64encode(digest).decode() == listed()[name]


def test_every_vendored_file_is_listed_and_its_licence_kept() -> None:
    files = {
        path.relative_to(LIB).as_posix()
        for path in LIB.rglob("*")
        if path.is_file() and path.name != "VERSIONS.md"
    }
    licences = {name for name in files if "LICENSE" in name}

    assert files - licences == set(listed())
    assert licences


def test_mpegts_names_no_source_map() -> None:
    # The hashing storage would look for the map and fail.
    assert b"sourceMappingURL" not in (LIB / "mpegts.js").read_bytes()
