"""The same events for many sockets of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from streair.core.metrics.tallies import Counter, keep
from streair.core.realtime.frames import Prepared
from streair.core.realtime.outbox import Outbox

deliveries = keep(Counter("streair_socket_deliveries", "Events handed to sockets: one for each."))

# After so many sockets the event loop gets a turn.
FAIRNESS = 512


def put_now(outboxes: Collection[Outbox], events: Prepared) -> None:
    """Give the same events to every one of these sockets, of which there are few."""
    # Once for all of them: this is called for every message.
    deliveries.value += len(outboxes) * len(events.texts)
    for outbox in outboxes:
        outbox.put_prepared(events)


async def put_to_all(outboxes: Collection[Outbox], events: Prepared) -> None:
    """Give the same events to every one of these sockets; the event loop gets its turns."""
    deliveries.value += len(outboxes) * len(events.texts)
    for number, outbox in enumerate(outboxes, start=1):
        outbox.put_prepared(events)
        if number % FAIRNESS == 0:
            await asyncio.sleep(0)
