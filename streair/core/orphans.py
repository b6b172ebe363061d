"""Files that no row names: what a process left that died between the file and the row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.files.storage import Storage, default_storage
from django.utils.timezone import now

# Whoever is about to name it has done so by then.
_YOUNG = timedelta(days=1)


def sweep(folder: str, is_named: Callable[[str], bool]) -> int:
    """Delete the files below `folder` of the media that are older than a day and that no row names.

    `is_named` gets paths like "avatars/ab/abc-128.webp". Returns how many files are gone.
    """
    long_ago = now() - _YOUNG
    gone = 0
    for path in _files(default_storage, folder):
        if not is_named(path) and default_storage.get_modified_time(path) < long_ago:
            default_storage.delete(path)
            gone += 1
    return gone


def _files(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files(storage, f"{folder}/{name}")
