"""The machine below: disk, clock, descriptors, memory."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile

from django.conf import settings
from django.utils.translation import gettext as _

from streair.core.doctor.examinations import Unwell
from streair.disk import LEAST_FREE_BYTES

_GB = 1024**3
# A viewer takes a descriptor or two, a chat socket another.
_FEW_DESCRIPTORS = 4096
_LITTLE_MEMORY = 900 * 1024**2


def disk() -> str:
    """DATA_DIR can be written to, and there is room."""
    folder = settings.DATA_DIR
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
    except OSError as exc:
        raise Unwell(
            _("DATA_DIR (%(folder)s) cannot be written to: %(why)s.")
            % {"folder": folder, "why": exc.strerror},
            _("Give the folder to the user that StreAir runs as, or make room."),
        ) from exc
    usage = shutil.disk_usage(folder)
    said = {"free": f"{usage.free / _GB:.1f}", "total": f"{usage.total / _GB:.1f}"}
    if usage.free < LEAST_FREE_BYTES:
        raise Unwell(
            _("Only %(free)s GB of %(total)s GB are free.") % said,
            _("Make room in %s: old backups, before-restore-* folders, logs.") % folder,
        )
    return _("%(free)s GB of %(total)s GB are free.") % said


def descriptors() -> str:
    """This process, and so those that are started alike, may open many files."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < _FEW_DESCRIPTORS:
        raise Unwell(
            _("Only %d files may be open at once: so many people fit in.") % hard,
            _("Raise the limit: LimitNOFILE=65536 in the systemd unit, or `ulimit -n`."),
            is_serious=False,
        )
    many = hard == resource.RLIM_INFINITY
    return _("Any number of files may be open.") if many else _("%d files may be open.") % hard


def memory() -> str:
    """There is enough for the parts and some hundred viewers."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    said = _("%s GB of memory.") % f"{total / _GB:.1f}"
    if total < _LITTLE_MEMORY:
        raise Unwell(
            said,
            _("1 GB is little: add swap, or lower SIDECAR_MEMORY_MB."),
            is_serious=False,
        )
    return said
