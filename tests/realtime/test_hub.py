"""The hub: one subscription per room and process, and a channel layer that may fail."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from channels.layers import InMemoryChannelLayer
from redis import Redis

from streair.core.realtime.hub import Hub
from streair.core.realtime.layer import RedisLayer
from streair.core.realtime.outbox import Outbox
from streair.core.realtime.receivers import GAP, handlers
from tests.eventually import comes_true
from tests.servers.databases import redis_server

QUICK = 0.02


class Layer(InMemoryChannelLayer):  # type: ignore[misc]
    """The in-memory layer, which can be taken away, and counts what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = False
        self.is_deaf = False
        self.asked: Counter[str] = Counter()

    async def new_channel(self, prefix: str = "") -> str:
        self._ask("new_channel")
        return str(await super().new_channel(prefix))

    async def group_add(self, group: str, channel: str) -> None:
        self._ask("group_add")
        await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self._ask("group_discard")
        await super().group_discard(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self._ask("group_send")
        if not self.is_deaf:
            await super().group_send(group, message)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        self._ask("send")
        if not self.is_deaf:
            await super().send(channel, message)

    def _ask(self, what: str) -> None:
        self.asked[what] += 1
        if self.is_away:
            raise ConnectionError("the layer is away")


class Reader:
    """A socket that only keeps what it is told."""

    def __init__(self) -> None:
        self.box = Outbox()

    async def hears(self, name: str) -> dict[str, Any]:
        """Return the data of the next event, which has this name."""
        await comes_true(lambda: self.box._frames)
        frame = json.loads(self.box._frames.popleft())
        assert frame["event"] == name
        return dict(frame["data"])


@pytest.fixture
def gaps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups that were shown anew."""
    shown: list[str] = []

    async def show(hub: Hub, message: dict[str, Any]) -> None:
        shown.append(message["group"])
        await hub.tell(message["group"], "room-state", {})

    monkeypatch.setitem(handlers, GAP, [show])
    return shown


@asynccontextmanager
async def running(layer: Layer) -> AsyncIterator[Hub]:
    hub = Hub(layer, check_seconds=QUICK)
    try:
        yield hub
    finally:
        await hub.stop()


async def send(layer: Any, group: str, number: int = 0) -> None:
    message = {"type": "event.publish", "event": "event", "data": {"number": number}}
    await layer.group_send(group, {**message, "group": group})


async def test_a_room_costs_one_subscription_however_many_read() -> None:
    layer, readers = Layer(), [Reader() for _ in range(100)]
    async with running(layer) as hub:
        await asyncio.gather(*(hub.join("room.a", reader.box) for reader in readers))
        await send(layer, "room.a", 7)

        assert [await reader.hears("event") for reader in readers] == [{"number": 7}] * 100
        # One text for all of them, not a copy each.
        assert (layer.asked["new_channel"], layer.asked["group_add"]) == (1, 1)


async def test_everybody_gets_the_same_text_object() -> None:
    layer, readers = Layer(), [Reader() for _ in range(3)]
    async with running(layer) as hub:
        for reader in readers:
            await hub.join("room.a", reader.box)
        await hub.tell("room.a", "event", {})

        assert len({id(reader.box._frames[0]) for reader in readers}) == 1


async def test_the_subscription_ends_some_time_after_the_last_reader() -> None:
    layer, reader, other = Layer(), Reader(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)
        await hub.join("room.b", other.box)
        hub.forget(reader.box)

        await comes_true(lambda: layer.asked["group_discard"] == 1)
        assert set(layer.groups) == {"room.b"}
        await hub.join("room.a", reader.box)
        await send(layer, "room.a")
        await reader.hears("event")


async def test_a_hub_without_readers_does_nothing() -> None:
    layer, reader = Layer(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)
        hub.forget(reader.box)
        await comes_true(lambda: not hub.is_running)

        await hub.join("room.a", reader.box)
        await send(layer, "room.a")
        await reader.hears("event")


async def test_joining_works_while_the_layer_is_away_and_is_caught_up_with(
    gaps: list[str],
) -> None:
    layer, reader = Layer(), Reader()
    layer.is_away = True
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)
        layer.is_away = False

        await reader.hears("room-state")
        await send(layer, "room.a")
        await reader.hears("event")
        assert reader.box.closing is None


async def test_a_layer_that_loses_messages_is_noticed_and_every_room_shown_anew(
    gaps: list[str],
) -> None:
    layer, first, second = Layer(), Reader(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", first.box)
        await hub.join("room.b", second.box)
        layer.is_deaf = True
        sent = layer.asked["send"]
        await comes_true(lambda: layer.asked["send"] > sent + 1)
        await send(layer, "room.a")
        layer.is_deaf = False

        await first.hears("room-state")
        await second.hears("room-state")
        await send(layer, "room.b")
        await second.hears("event")
        assert sorted(gaps) == ["room.a", "room.b"]


async def test_a_layer_that_forgot_us_is_joined_again(gaps: list[str]) -> None:
    layer, reader = Layer(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)
        layer.is_deaf = True
        await comes_true(lambda: layer.asked["new_channel"] == 2)
        layer.is_deaf = False

        await reader.hears("room-state")
        await send(layer, "room.a")
        await reader.hears("event")


async def test_a_receiver_that_dies_is_replaced(gaps: list[str]) -> None:
    class Dying(Layer):
        async def receive(self, channel: str) -> Any:
            if self.asked["receive"] == 0:
                self.asked["receive"] += 1
                raise TimeoutError  # channels_redis lets one through and never recovers.
            return await super().receive(channel)

    layer, reader = Dying(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)

        await reader.hears("room-state")
        await send(layer, "room.a")
        await reader.hears("event")


async def test_a_message_that_makes_no_sense_harms_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    layer, reader = Layer(), Reader()
    async with running(layer) as hub:
        await hub.join("room.a", reader.box)
        await layer.group_send("room.a", {"type": "event.publish"})
        await layer.group_send("room.a", {"type": "nobody.knows"})
        await send(layer, "room.a")

        await reader.hears("event")
    assert "was not handled" in caplog.text


@pytest.mark.system
async def test_a_redis_that_dies_costs_nobody_their_socket(gaps: list[str]) -> None:
    with redis_server() as (redis, url):
        layer = RedisLayer(hosts=[url])
        hub, reader, latecomer = Hub(layer, check_seconds=0.2), Reader(), Reader()
        await hub.join("room.a", reader.box)
        await send(layer, "room.a", 1)
        assert await reader.hears("event") == {"number": 1}

        redis.kill()
        await comes_true(lambda: hub.is_away)
        async with asyncio.timeout(1):
            await hub.join("room.b", latecomer.box)
        redis.start().wait_for_port(urlsplit(url).port or 0)

        await reader.hears("room-state")
        await latecomer.hears("room-state")
        await send(layer, "room.a", 2)
        await send(layer, "room.b", 3)
        assert await reader.hears("event") == {"number": 2}
        assert await latecomer.hears("event") == {"number": 3}
        assert reader.box.closing is latecomer.box.closing is None
        await hub.stop()
        await layer.flush()


@pytest.mark.system
async def test_a_subscription_that_broke_for_a_moment_is_made_up_for(gaps: list[str]) -> None:
    with redis_server() as (_program, url), Redis.from_url(url) as admin:
        layer = RedisLayer(hosts=[url])
        hub, reader = Hub(layer, check_seconds=2), Reader()
        await hub.join("room.a", reader.box)
        heard = hub._echo_heard
        await comes_true(lambda: hub._echo_heard > heard)

        # The next echo finds everything in its place.
        admin.client_kill_filter(_type="pubsub")
        await reader.hears("room-state")

        await hub.stop()
        await layer.flush()


@pytest.mark.system
@pytest.mark.parametrize("ended", ["by Redis", "by us"])
async def test_what_was_told_when_a_connection_ended_is_looked_for(
    gaps: list[str], ended: str
) -> None:
    with redis_server() as (_program, url), Redis.from_url(url) as admin:
        layers = [RedisLayer(hosts=[url]) for _ in range(2)]
        first, second = (Hub(layer, check_seconds=0.2) for layer in layers)
        teller, reader = Reader(), Reader()
        await first.join("room.a", teller.box)
        await first.send("room.a", {"type": "nobody.knows"})
        await second.join("room.a", reader.box)
        assert first.send_now("room.a", {"type": "nobody.knows"})
        checks = second._checks
        await comes_true(lambda: second._checks > checks + 1)
        assert gaps == []

        if ended == "by us":  # It went quiet.
            await first._reopen()
        else:
            mute = layers[0]._get_layer()._shards[0]._mute._connection
            port = mute._writer.get_extra_info("sockname")[1]
            assert admin.client_kill_filter(addr=f"127.0.0.1:{port}") == 1

        await reader.hears("room-state")
        await comes_true(lambda: first.send_now("room.a", {"type": "nobody.knows"}))
        for hub, layer in zip((first, second), layers, strict=True):
            await hub.stop()
            await layer.flush()
