"""Commands that talk to a person speak the language of the terminal."""

from __future__ import annotations

import os
import pwd
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _


class SpokenCommand(BaseCommand):
    """A command whose sentences are translated: English where the terminal says so, else Vietnamese.

    Root is sent away from a site that is another user's: it would leave files that the site cannot read, and
    PostgreSQL does not know it.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        with translation.override(terminal_language()):
            owner = settings.DATA_DIR.stat().st_uid
            if os.geteuid() == 0 and owner != 0:
                raise CommandError(
                    _("Run it as the user that the site runs as: %s") % _as_owner(owner)
                )
            return super().execute(*args, **options)


def _as_owner(owner: int) -> str:
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:  # A folder from another machine.
        name = f"#{owner}"
    program = ".venv/bin/python manage.py"
    return f"runuser -u {name} -- {program} {' '.join(sys.argv[1:])}"


def terminal_language() -> str:
    """Return "en" or "vi", as LC_ALL, LC_MESSAGES or LANG would have it."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((value for name in names if (value := os.environ.get(name))), "")
    return "en" if said.startswith("en") else "vi"
