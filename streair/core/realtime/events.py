"""What happened: events, told to everybody in a group once the transaction commits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from streair.core.breaker import Breaker, Resting
from streair.core.realtime import bridge, side_loop
from streair.core.realtime.hub import LAYER_ERRORS

logger = logging.getLogger(__name__)

# A layer that hangs is waited for by one request in a second, and not for long.
_SECONDS = 0.4
_SECONDS_ELSEWHERE = 2.0
_breaker = Breaker("Redis (channel layer)", rest_seconds=1.0)
# What nobody waits for any more: so many, for so long. Pages that miss more look again once they hear the layer.
_MOST_LATE = 200
_LATE_SECONDS = 10.0
_late: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that pages are told about. Subclasses name it and list its data."""

    name: ClassVar[str]

    def data(self) -> dict[str, Any]:
        """Return the event's data as it goes over the wire: camelCase, times in ISO 8601 UTC."""
        return {_camel(name): _plain(value) for name, value in asdict(self).items()}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def publish(group: str, event: Event) -> None:
    """Tell everyone in `group` about `event` once the current transaction commits.

    Never fails: what is published is in the database already, and a page that missed it
    asks again when it reconnects.
    """
    # The group goes along: a process hears all of its groups on one channel (hub.py).
    message = {
        "type": "event.publish",
        "group": group,
        "event": event.name,
        "data": event.data(),
    }
    transaction.on_commit(lambda: send(group, message), robust=True)


def send(group: str, message: dict[str, Any]) -> None:
    """Hand `message` to the channel layer, or to the process that has the sockets."""
    if not (settings.REDIS_URL or bridge.sockets_are_here()):
        bridge.carry(group, message)
        return
    layer = get_channel_layer()
    assert layer is not None, "CHANNEL_LAYERS is not configured"
    if not (bridge.sockets_are_here() or side_loop.is_wanted()):
        # Nobody waits for this process, whose loop ends with the call.
        async_to_sync(_send_within)(layer, group, message, _SECONDS_ELSEWHERE)
        return
    try:
        _breaker.run(
            lambda: _wait_for(_send_within, layer, group, message, _SECONDS), *LAYER_ERRORS
        )
    except (Resting, TimeoutError):
        # On its way all the same, as long as the layer takes: nobody waits for it.
        _wait_for(_send_later, layer, group, message)


def _wait_for(work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """Run `work` on the loop of this process that lasts."""
    if side_loop.is_wanted():
        side_loop.run(work(*args))
    else:
        async_to_sync(work)(*args)


async def _send_within(layer: Any, group: str, message: dict[str, Any], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await layer.group_send(group, message)


async def _send_later(layer: Any, group: str, message: dict[str, Any]) -> None:
    if len(_late) >= _MOST_LATE:
        logger.warning("Events are lost: the channel layer has not taken %d others.", _MOST_LATE)
        return
    sending = asyncio.create_task(_send_within(layer, group, message, _LATE_SECONDS))
    _late.add(sending)
    sending.add_done_callback(_is_sent)


def _is_sent(sending: asyncio.Task[None]) -> None:
    _late.discard(sending)
    if not sending.cancelled() and (failure := sending.exception()) is not None:
        logger.warning("An event is lost, the channel layer did not take it: %r", failure)
