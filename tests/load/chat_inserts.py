"""How fast messages are written: gathered per transaction, and one by one.

    python -m tests.load.chat_inserts ROOM

On the site's own database, without readers. Prints messages a second of either way, by round.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streair.settings")
django.setup()

import uvloop  # noqa: E402 - Django first.

from accounts.models import User  # noqa: E402
from chat import services  # noqa: E402
from chat.runtime.desk import Request, current_desk  # noqa: E402
from chat.services import Draft  # noqa: E402
from streair.core.realtime.clerks import by_a_clerk  # noqa: E402
from streair.core.realtime.outbox import Outbox  # noqa: E402

WRITERS, ROUNDS, SECONDS = 64, 5, 1.5
# So many that nobody of them says more than people may: what somebody said lately is read with each message.
AUTHORS = 4000
Write = Callable[[Draft], Awaitable[object]]


async def rate(write: Write, authors: Iterator[int]) -> float:
    """Let everybody write as fast as they are answered; return messages a second."""
    count = 0
    until = time.perf_counter() + SECONDS

    async def writer() -> None:
        nonlocal count
        while time.perf_counter() < until:
            await write(Draft(next(authors), "What was said, over and over again"))
            count += 1

    begun = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return count / (time.perf_counter() - begun)


async def main(room_id: str, authors: Iterator[int]) -> dict[str, list[float]]:
    """Return the rates, in interleaved rounds."""
    one = by_a_clerk(services.write)
    outbox = Outbox()

    async def gathered(draft: Draft) -> None:
        await current_desk().send(room_id, Request(draft, outbox, None))

    async def alone(draft: Draft) -> None:
        await one(room_id=room_id, drafts=[draft])

    found: dict[str, list[float]] = {"gathered": [], "alone": []}
    for _ in range(ROUNDS):
        found["gathered"].append(await rate(gathered, authors))
        found["alone"].append(await rate(alone, authors))
    return found


def people() -> list[int]:
    """Make them; return their keys."""
    made = (User(username=f"author{n}", email=f"author{n}@example.org") for n in range(AUTHORS))
    return [user.pk for user in User.objects.bulk_create(made)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(main(sys.argv[1], itertools.cycle(people())))))
