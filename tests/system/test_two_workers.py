"""Two worker processes at one database: each job that is due is done by one of them, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from streair.core import jobs
from tests.servers.counted import FILE
from tests.servers.process import Program, wait_until
from tests.servers.site import Site

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

# Until both had something: which of them looks first is chance.
MOST_ROUNDS = 20
IDLE = """
import time
from streair.jobs.models import PeriodicJob
while PeriodicJob.objects.exclude(holder="").exists():
    time.sleep(0.05)
"""
ALL_DUE = """
from django.utils.timezone import now
from streair.jobs.models import PeriodicJob
PeriodicJob.objects.update(next_run=now())
"""
BASE = Path(__file__).resolve().parents[2]


def done(site: Site) -> list[list[str]]:
    """Return job and process of each run."""
    path = site.data / FILE
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def has_done(site: Site, runs: int) -> bool:
    return len(done(site)) >= runs


def test_each_job_that_is_due_is_done_once(prepare_site: Callable[..., Site]) -> None:
    site = prepare_site(DJANGO_SETTINGS_MODULE="tests.servers.counted_settings")
    names, workers = list(jobs.registered()), set[str]()
    args = [arg if arg != "worker" else "worker-2" for arg in site.worker.args]
    log = site.data / "log" / "worker-2.log"

    with Program("worker-2", args, log=log, cwd=BASE, env=site.env), site.worker:
        for rounds in range(1, MOST_ROUNDS + 1):
            expected = rounds * len(names)
            what = f"all jobs, {rounds} times"
            wait_until(partial(has_done, site, expected), timeout=60, what=what)
            # What was done twice is written down once nobody is at anything any more.
            site.python(IDLE)
            assert Counter(name for name, _process in done(site)) == dict.fromkeys(names, rounds)
            workers |= {process for _name, process in done(site)}
            if len(workers) == 2 and rounds >= 3:
                break
            site.python(ALL_DUE)

    assert len(workers) == 2
