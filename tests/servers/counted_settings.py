"""The project's settings, and jobs that are written down (tests/servers/counted.py)."""

from __future__ import annotations

from streair.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.servers.counted.CountedJobs"]  # noqa: F405
