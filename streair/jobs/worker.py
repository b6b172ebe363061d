"""The worker's process: takes turns at periodic jobs and does what waits in the queue, until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import close_old_connections
from django.utils.timezone import now

from streair.jobs.crew import Crew
from streair.jobs.models import Row
from streair.jobs.services import queue, schedule

logger = logging.getLogger(__name__)

# How often it looks whether there is something to do: a mail is on its way within that.
TICK_SECONDS = 0.5
# How often it says that it lives, and that it still has what it claimed.
BEAT_SECONDS = 1.0
RENEW_SECONDS = 3.0
# Tasks at the same time: a mail server that takes its ten seconds must not hold up every mail.
MOST_TASKS = 4
# What is under way may end when we are told to stop; the supervisor kills after six seconds.
DRAIN_SECONDS = 4.0


class Worker:
    """One thread looks and claims. Each job and each task has a thread of its own, so that none waits for another."""

    def __init__(self, *, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._beaten = self._renewed = float("-inf")
        self._look = threading.Event()
        self._is_stopping = False
        self._is_settled = False
        self._is_blind = False
        self._jobs = Crew(freed=self._look.set)
        self._tasks = Crew(freed=self._look.set)
        self._claimed: dict[str, Row] = {}

    def stop(self) -> None:
        """Take nothing more on; `run` returns shortly."""
        self._is_stopping = True
        self._look.set()

    def run(self) -> None:
        """Work until stopped. A database that is away ends nothing: we look again."""
        while not self._is_stopping:
            close_old_connections()
            self._try_to_look()
            close_old_connections()
            self._look.wait(TICK_SECONDS)
            self._look.clear()
        until = time.monotonic() + DRAIN_SECONDS
        for name in [*self._tasks.wait(until=until), *self._jobs.wait(until=until)]:
            logger.warning("%s is cut off; it is taken up again.", name)

    def _try_to_look(self) -> None:
        try:
            self._look_for_work()
        except Exception:
            # Once, and not twice a second for as long as the database is away.
            if not self._is_blind:
                logger.exception("The worker cannot look for work; it goes on trying.")
            self._is_blind = True
        else:
            if self._is_blind:
                logger.info("The worker finds work again.")
            self._is_blind = False
        if time.monotonic() >= self._beaten + BEAT_SECONDS:
            self._beaten = time.monotonic()
            self._beat()

    def _look_for_work(self) -> None:
        if not self._is_settled:
            schedule.settle(at=now())
            self._is_settled = True
        self._claimed = {name: row for name, row in self._claimed.items() if name in self._tasks}
        if time.monotonic() >= self._renewed + RENEW_SECONDS:
            self._renewed = time.monotonic()
            queue.renew(list(self._claimed.values()), at=now())
        self._begin_jobs()
        self._begin_tasks()

    def _begin_jobs(self) -> None:
        for name in schedule.due(at=now()):
            # One that outlives its lease is another machine's, but not ours a second time.
            turn = None if name in self._jobs else schedule.take(name, at=now())
            if turn is not None:
                self._jobs.begin(name, partial(schedule.carry_out, turn))

    def _begin_tasks(self) -> None:
        while len(self._tasks) < MOST_TASKS and not self._is_stopping:
            row = queue.claim(at=now())
            if row is None:
                return
            # The claim's id, not the task's: one that was taken from us may come back.
            name = f"{row.task_path} {row.worker_ids[-1]}"
            self._claimed[name] = row
            self._tasks.begin(name, partial(queue.carry_out, row))
