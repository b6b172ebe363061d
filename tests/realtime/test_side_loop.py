"""Processes that serve pages with threads: what they tell goes out on one lasting loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from streair.core.breaker import Breaker
from streair.core.realtime import bridge, events, side_loop


class Remembering(InMemoryChannelLayer):  # type: ignore[misc]
    """Knows what it was sent, and on which threads' loops."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[int] = []
        self.threads: set[int] = set()

    async def group_send(self, group: str, message: dict[str, int]) -> None:
        """Remember it."""
        self.sent.append(message["number"])
        self.threads.add(threading.get_ident())


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Remembering]:
    """A layer of a process like those of `streair.wsgi`."""
    settings.REDIS_URL = "redis://nowhere"
    monkeypatch.setattr(bridge, "_sockets_are_here", False)
    monkeypatch.setattr(side_loop, "_is_wanted", True)
    monkeypatch.setattr(events, "_breaker", Breaker("A layer", rest_seconds=1.0))
    made = Remembering()
    channel_layers.set("default", made)
    yield made
    channel_layers.backends.clear()


def test_threads_tell_on_one_loop_which_is_none_of_theirs(layer: Remembering) -> None:
    def tell(number: int) -> None:
        events.send("room.a", {"type": "event.publish", "number": number})

    threads = [threading.Thread(target=tell, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(layer.sent) == list(range(8))
    assert len(layer.threads) == 1
    assert layer.threads.isdisjoint(thread.ident for thread in threads)
