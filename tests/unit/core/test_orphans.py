"""Files that no row names."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from streair.core import orphans


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def put(path: Path, *, days_old: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"webp")
    then = time.time() - days_old * 86_400
    os.utime(path, (then, then))
    return path


def test_old_files_that_nobody_names_are_deleted_and_no_others(media: Path) -> None:
    orphan = put(media / "avatars/ab/orphan-128.webp", days_old=2)
    named = put(media / "avatars/ab/named-128.webp", days_old=2)
    fresh = put(media / "avatars/cd/fresh-128.webp", days_old=0)
    elsewhere = put(media / "banners/ab/orphan-750.webp", days_old=2)

    gone = orphans.sweep("avatars", lambda path: path == "avatars/ab/named-128.webp")

    assert gone == 1
    assert not orphan.exists()
    assert all(path.exists() for path in (named, fresh, elsewhere))


def test_a_folder_that_is_not_there_has_none(media: Path) -> None:
    assert orphans.sweep("nowhere", lambda _path: False) == 0
