"""`manage.py demo`: a streamer on air and an audience, to look around without OBS."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from streams import demo


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


class Command(BaseCommand):
    """Makes the demo accounts, prints how to sign in, lets people chat and publishes a test picture for ever."""

    help = "Put a demo streamer on air, before an audience."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        for login in demo.prepare():
            self.stdout.write(f"  Demo: {login.username} / {login.password}")
        self.stdout.flush()
        demo.gather_audience()
        try:
            demo.publish_for_ever()
        except SystemExit:
            # ffmpeg is ended by now. The audience may wait for an answer; nobody waits for them.
            os._exit(0)
