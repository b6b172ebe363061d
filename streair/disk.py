"""How much room is left where data is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

# Below that, recordings and pictures fail before anybody has time to act.
LEAST_FREE_BYTES = 500 * 1024 * 1024


def free_bytes(folder: Path) -> int:
    """Return what may still be written into the folder's file system."""
    return shutil.disk_usage(folder).free
