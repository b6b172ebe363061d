"""What happened: events, told to everybody in a group once the transaction commits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from streair.core.breaker import Breaker, Resting
from streair.core.realtime import bridge
from streair.core.realtime.hub import LAYER_ERRORS

logger = logging.getLogger(__name__)

# A layer that hangs is waited for by one request in a second, and not for long: pages that miss an event
# look again once they hear the layer.
_SECONDS = 0.4
_breaker = Breaker("Redis (channel layer)", rest_seconds=1.0)


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
    if settings.REDIS_URL or bridge.sockets_are_here():
        layer = get_channel_layer()
        assert layer is not None, "CHANNEL_LAYERS is not configured"
        with contextlib.suppress(Resting):
            _breaker.run(lambda: async_to_sync(_send_within)(layer, group, message), *LAYER_ERRORS)
    else:
        bridge.carry(group, message)


async def _send_within(layer: Any, group: str, message: dict[str, Any]) -> None:
    """Wait for a layer that hangs no longer than people wait for a page."""
    async with asyncio.timeout(_SECONDS):
        await layer.group_send(group, message)
