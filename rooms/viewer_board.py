"""How many people watch each room, for pages: written by presence, read by views."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.cache import caches

from streair.core.breaker import Resting

logger = logging.getLogger(__name__)

# Numbers that no process renews are those of rooms that nobody has open.
BOARD_SECONDS = 60

# Without Redis there is one process; its cache is small and forgets at random.
_here: dict[str, int] = {}


def viewer_counts(room_ids: Iterable[str]) -> dict[str, int]:
    """Return how many people watch each of these rooms, 0 where nobody does or nobody knows."""
    room_ids = list(room_ids)
    found: Mapping[str, int] = _here
    if settings.REDIS_URL:
        found = _read([_key(room_id) for room_id in room_ids])
        return {room_id: found.get(_key(room_id), 0) for room_id in room_ids}
    return {room_id: found.get(room_id, 0) for room_id in room_ids}


def post(counts: Mapping[str, int]) -> None:
    """Show these numbers from now on. Fails as the cache does."""
    if settings.REDIS_URL:
        keyed = {_key(room_id): count for room_id, count in counts.items()}
        caches["default"].set_many(keyed, BOARD_SECONDS)
        return
    for room_id, count in counts.items():
        if count:
            _here[room_id] = count
        else:
            _here.pop(room_id, None)


def _key(room_id: str) -> str:
    return f"viewers:{room_id}"


def _read(keys: list[str]) -> Mapping[str, int]:
    try:
        return caches["default"].get_many(keys)
    except Resting:
        return {}
    except Exception:  # noqa: BLE001 - each client library raises its own; a number is no reason to fail.
        logger.warning("The cache is down: pages show no viewers.")
        return {}
