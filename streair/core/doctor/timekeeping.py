"""Whether somebody keeps this machine's clock right: tokens and signed links of several machines go by it."""

from __future__ import annotations

import subprocess

from django.utils.translation import gettext as _

from streair.core.doctor.examinations import Unwell

_SECONDS = 3.0


def kept() -> str:
    """It is set by others' clocks, as far as systemd knows."""
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return _("There is no systemd here that would know.")
    if asked.stdout.strip() != "yes":
        raise Unwell(
            _("Nobody sets this machine's clock: it goes wrong by seconds a week."),
            _(
                "Run `timedatectl set-ntp true` (package systemd-timesyncd). In a container, this is its host's to do."
            ),
            is_serious=False,
        )
    return _("It is set by others' clocks.")
