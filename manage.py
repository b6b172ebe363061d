#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys


def main() -> None:
    """Run administrative tasks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from streair.starting import read_settings  # noqa: PLC0415

    # Django reads them somewhere inside, where all that is wrong with them is a traceback.
    if not any(word.startswith("--settings") for word in sys.argv):
        read_settings()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
