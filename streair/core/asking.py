"""Asks things that may hang, each in a thread of its own: whoever wants to know waits no longer than they like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import connection
from django.utils.translation import get_language, override

T = TypeVar("T")


class Asker(Generic[T]):
    """One question at a time for each name. What hangs is not asked again meanwhile: threads do not pile up."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._under_way: dict[str, Future[T]] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, question: Callable[[], T]) -> Future[T]:
        """Return what will hold the answer, in the asker's language: of this question, or of the one that hangs."""
        with self._lock:
            running = self._under_way.get(name)
            if running is not None and not running.done():
                return running
            answer: Future[T] = Future()
            self._under_way[name] = answer
        threading.Thread(
            target=_answer,
            args=(question, answer, get_language()),
            name=f"{self._name}-{name}",
            daemon=True,
        ).start()
        return answer


def _answer(question: Callable[[], T], answer: Future[T], language: str | None) -> None:
    try:
        # Numbers and times are written in here, for whoever asked first.
        with override(language):
            found = question()
    except Exception as exc:  # noqa: BLE001 - each fails in its own way; whoever asked decides what it means.
        answer.set_exception(exc)
    else:
        answer.set_result(found)
    finally:
        connection.close()
