"""Static files collected once for all the sites that tests start: collecting takes seconds."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from deploy.prepare import STATIC_STAMP, static_fingerprint

_BASE = Path(__file__).resolve().parent.parent.parent
_KEPT = _BASE / ".pytest_cache" / "static"


def bring_static_files(data: Path) -> None:
    """Put what an earlier site collected into this one's DATA_DIR, if the sources are the same."""
    kept = _KEPT / static_fingerprint(_BASE)[:16]
    if kept.exists() and not (data / "static").exists():
        (data / "run").mkdir(parents=True, exist_ok=True)
        shutil.copytree(kept / "static", data / "static")
        shutil.copy(kept / STATIC_STAMP, data / "run")


def keep_static_files(data: Path) -> None:
    """Keep what this site collected for the next one."""
    kept = _KEPT / (data / "run" / STATIC_STAMP).read_text()[:16]
    if kept.exists():
        return
    _KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
        unfinished = Path(folder, "kept")
        shutil.copytree(data / "static", unfinished / "static")
        shutil.copy(data / "run" / STATIC_STAMP, unfinished)
        with contextlib.suppress(OSError):  # Another test process was quicker.
            unfinished.rename(kept)
