"""The list of rooms as it was a moment ago: made once, handed to everybody who asks."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from django.core.cache import BaseCache, caches
from django.db import transaction
from django.utils.translation import gettext as _

from streair.core.breaker import Resting
from streair.core.errors import Unavailable

logger = logging.getLogger(__name__)

# Viewers come and go without a word, so every page of the list is made anew after this long.
FRESH_SECONDS = 0.8
# A flight that hangs is not waited for longer than this.
FLIGHT_SECONDS = 5.0
_KEPT_SECONDS = 10
_ORDER_SECONDS = 10 * 60
_VERSION = "live_rooms"


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it goes over the wire, and the place where the next one begins."""

    body: bytes
    after: list[Any] | None


@dataclass(frozen=True, slots=True)
class _Entry:
    version: str
    made: float
    page: Page


def changed() -> None:
    """Say that the list shows something else once the current transaction commits. Never fails."""
    transaction.on_commit(_renew, robust=True)


def cached(name: str, make: Callable[[], Page]) -> Page:
    """Return the page called `name`, made by `make` unless there is a fresh one.

    Whoever asks while it is made gets that one, too. With the cache away it is made each time.
    """
    key = f"{_VERSION}:{name}"
    found = _kept.read(_VERSION, key)
    version, entry = str(found.get(_VERSION, "")), found.get(key)
    if (
        isinstance(entry, _Entry)
        and entry.version == version
        # By the wall clock, which other machines may see a little differently.
        and abs(time.time() - entry.made) < FRESH_SECONDS
    ):
        return entry.page
    # Who has seen a change must not get what was begun before it.
    return _flights.join(f"{version}:{name}", lambda: _make(key, version, make))


def keep_order(order: list[int]) -> str:
    """Remember in which order rooms stood, so that the next page goes on where this one ends."""
    name = uuid.uuid4().hex
    _kept.write(f"{_VERSION}:order:{name}", order, _ORDER_SECONDS)
    return name


def kept_order(name: str) -> list[int] | None:
    """Return what `keep_order` remembered, if it is still there."""
    key = f"{_VERSION}:order:{name}"
    found = _kept.read(key).get(key)
    return found if isinstance(found, list) else None


def _make(key: str, version: str, make: Callable[[], Page]) -> Page:
    begun = time.time()
    page = make()
    _kept.write(key, _Entry(version, begun, page), _KEPT_SECONDS)
    return page


def _renew() -> None:
    _kept.write(_VERSION, uuid.uuid4().hex, None)


class _Flights:
    """Lets threads that want the same page share the work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Future[Page]] = {}

    def join(self, key: str, make: Callable[[], Page]) -> Page:
        """Return what `make` returns, or what a call under way for the same key does."""
        with self._lock:
            under_way = self._flights.get(key)
            if under_way is None:
                flight = self._flights[key] = Future[Page]()
        if under_way is not None:
            try:
                return under_way.result(FLIGHT_SECONDS)
            except TimeoutError as exc:
                raise Unavailable(
                    _("That did not work right now. Please try again in a moment.")
                ) from exc
        try:
            flight.set_result(make())
        except BaseException as exc:
            flight.set_exception(exc)
            raise
        finally:
            with self._lock:
                del self._flights[key]
        return flight.result()


_flights = _Flights()


class _Kept:
    """The cache, as far as it is there."""

    def read(self, *keys: str) -> dict[str, Any]:
        """Return what is stored; nothing while the cache is away."""
        found: dict[str, Any] = self._ask(lambda cache: cache.get_many(keys), {})
        return found

    def write(self, key: str, value: Any, seconds: int | None) -> None:
        """Store `value`. Does nothing while the cache is away."""
        self._ask(lambda cache: cache.set(key, value, seconds), None)

    def _ask(self, use: Callable[[BaseCache], Any], otherwise: Any) -> Any:
        try:
            return use(caches["pages"])
        except Resting:
            return otherwise
        except Exception as exc:  # noqa: BLE001 - each client library raises its own.
            logger.warning("The cache is down, lists come from the database: %r", exc)
            return otherwise


_kept = _Kept()
