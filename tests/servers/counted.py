"""An app that has every periodic job written down in DATA_DIR when it was done, and by which process."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings

from streair.core import jobs

FILE = "jobs-done"


class CountedJobs(AppConfig):
    """Comes last: all others have registered their jobs. Each is due once, and again when a test says so."""

    name = "tests.servers"
    label = "counted"

    def ready(self) -> None:
        for name, job in jobs.registered().items():
            jobs.register(replace(job, every=timedelta(days=1), run=_counted(name, job.run)))


def _counted(name: str, run: Callable[[], int]) -> Callable[[], int]:
    def and_write_down() -> int:
        done = run()
        # One write of a short line is not mixed with another process'.
        with (settings.DATA_DIR / FILE).open("ab", buffering=0) as file:
            file.write(f"{name} {os.getpid()}\n".encode())
        return done

    return and_write_down
