"""`manage.py streair_sidecar`: runs the RTMP server until it is told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streair.core.metrics.publisher import publish_from_a_thread
from streams.sidecar import local, process


class Command(BaseCommand):
    """Runs nginx-rtmp in the foreground, and starts it again whenever it dies."""

    help = "Run the RTMP server that encoders send to."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        publish_from_a_thread("sidecar")
        try:
            process.run(local.setup())
        except process.CannotRun as exc:
            raise CommandError(str(exc)) from exc
