"""Lets those who want something of the same kind done at the same time have it done at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Run = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


class Gathered(Generic[T, R]):
    """Runs what was asked for while the last run was under way, all of it in one go.

    So the first one waits for nobody, and a crowd shares a transaction: the slower a run,
    the more it does. `run` answers each item, in order, by a result or by an error that is
    raised where it was asked; what it raises itself is raised to all of them. `wait` is
    awaited before each run, for more to gather.
    """

    def __init__(
        self, run: Run[T, R], *, most: int, wait: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._run = run
        self._wait = wait
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for anything."""
        return self._task is None or self._task.done()

    def __len__(self) -> int:
        return len(self._waiting)

    async def do(self, item: T) -> R:
        """Have `item` done, and return its result or raise its error."""
        return await self.add(item)

    def add(self, item: T) -> asyncio.Future[R]:
        """Have `item` done, whether or not somebody waits for the result."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self.is_idle:
            self._task = asyncio.create_task(self._work())
        return answer

    async def _work(self) -> None:
        while self._waiting:
            if self._wait is not None:
                await self._wait()
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results = await self._run([item for item, _ in batch])
            except Exception as exc:  # noqa: BLE001 - it is raised where it was asked.
                results = [exc] * len(batch)
            for (_item, answer), result in zip(batch, results, strict=True):
                _settle(answer, result)


def _settle(answer: asyncio.Future[R], result: R | Exception) -> None:
    if answer.done():  # Whoever asked is gone.
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
