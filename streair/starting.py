"""Programs that start: what is wrong with the settings is one line for whoever starts them, and no traceback."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured

from streair.secrets import without_known

# Of a program that was told something wrong, as opposed to one that fails.
STATUS = 2


def read_settings() -> None:
    """Read the settings, or say what is wrong with them and end the process."""
    name = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
    with in_one_line():
        importlib.import_module(name)


@contextlib.contextmanager
def in_one_line() -> Iterator[None]:
    """Only around what reads settings: a ValueError from elsewhere is a mistake, and wants its traceback."""
    try:
        yield
    except (ImproperlyConfigured, ValueError) as exc:
        said = without_known(" ".join(str(exc).split()))
        print(f"StreAir: {said}", file=sys.stderr)  # noqa: T201 - for whoever starts it.
        raise SystemExit(STATUS) from None
