"""`manage.py streair_worker`: keeps the database in agreement with the sidecar."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from streams.worker import Worker


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Leave at once: an unfinished transaction is rolled back, the next round repeats it."""
    sys.exit(0)


class Command(BaseCommand):
    """Runs the background loop until it is told to stop."""

    help = "Compare the database with the RTMP server, run out graces and idle rooms."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        Worker().run()
