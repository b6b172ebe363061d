"""Commands that talk to a person speak the language of the terminal."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation


class SpokenCommand(BaseCommand):
    """A command whose sentences are translated: English where the terminal says so, else Vietnamese."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(terminal_language()):
            return super().execute(*args, **options)


def terminal_language() -> str:
    """Return "en" or "vi", as LC_ALL, LC_MESSAGES or LANG would have it."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((value for name in names if (value := os.environ.get(name))), "")
    return "en" if said.startswith("en") else "vi"
