"""`manage.py streair_worker`: does what waits in the queue, and what is done from time to time."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from streair.core.metrics.publisher import publish_from_a_thread
from streair.jobs.worker import Worker
from streams import heartbeat


class Command(BaseCommand):
    """Runs the worker until it is told to stop: once to end what is under way, twice to leave at once."""

    help = "Do background tasks (mails) and periodic jobs, such as comparing with the RTMP server."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        publish_from_a_thread("worker")
        worker = Worker(beat=heartbeat.beat)
        is_asked = False

        def stop(_number: int, _frame: FrameType | None) -> None:
            nonlocal is_asked
            if is_asked:
                # What is cut off is rolled back or taken up again.
                sys.exit(0)
            is_asked = True
            worker.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker.run()
