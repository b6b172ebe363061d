"""A channel layer that hangs for a moment: whoever publishes goes on, and what they told arrives late, not never."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, channel_layers

from streair.core.breaker import Breaker
from streair.core.realtime import bridge, events


class Stuck(InMemoryChannelLayer):  # type: ignore[misc]
    """Takes nothing until it is let go on."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.go_on = asyncio.Event()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """Wait, then send."""
        await self.go_on.wait()
        await super().group_send(group, message)


@pytest.fixture
def _sockets_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_sockets_are_here", True)
    monkeypatch.setattr(events, "_breaker", Breaker("A layer", rest_seconds=1.0))


@pytest.mark.usefixtures("_sockets_are_here")
async def test_who_publishes_goes_on_and_the_events_arrive_once_the_layer_takes_them() -> None:
    layer = Stuck()
    channel_layers.set("default", layer)
    channel = await layer.new_channel()
    await layer.group_add("room.a", channel)

    for number in range(3):
        await sync_to_async(events.send)("room.a", {"type": "event.publish", "number": number})
    assert not layer.channels.get(channel) or layer.channels[channel].empty()
    layer.go_on.set()

    async with asyncio.timeout(10):
        heard = [(await layer.receive(channel))["number"] for _ in range(3)]
    assert sorted(heard) == [0, 1, 2]
