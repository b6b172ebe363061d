"""What the site does by itself from time to time: the one list of it.

An app registers its jobs from its AppConfig.ready(); `streair.jobs` runs them in the worker, once across machines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is done again and again.

    `run` returns how many things it did something to, and may be called twice for the same
    work at any time: whoever had it may have died halfway. It takes less than `lease`, after which
    another machine may take over.
    """

    name: str
    label: Text
    every: timedelta
    run: Callable[[], int]
    lease: timedelta = timedelta(minutes=10)


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Have `job` done from now on; another of the same name is replaced."""
    _jobs[job.name] = job


def registered() -> dict[str, Job]:
    """Return every job by its name, in the order in which they were registered."""
    return dict(_jobs)
