"""Channels' layer for Redis' publish and subscribe, which waits for news instead of asking for them."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close, decode_hosts
from redis.exceptions import NoPermissionError, ResponseError

from streair.core.realtime.redis_connections import Ears, Mute

logger = logging.getLogger(__name__)

# Between two looks whether there is something to listen to, and after a failure.
_LOOK_SECONDS, _REST_SECONDS = 0.1, 1.0
# Of what was told to the others and has not come back: Redis may have been restarted meanwhile.
_MOST_TOLD = 256


class _Told:
    """What this process told the others, and hears itself as well: Redis sends everything to everybody."""

    def __init__(self) -> None:
        self._expected: dict[bytes, None] = {}

    def __len__(self) -> int:
        return len(self._expected)

    def add(self, data: bytes) -> None:
        self._expected[data] = None
        if len(self._expected) > _MOST_TOLD:
            del self._expected[next(iter(self._expected))]

    def take(self, data: bytes) -> bool:
        """Whether this is an echo: the one that was expected."""
        if data not in self._expected:
            return False
        del self._expected[data]
        return True

    def clear(self) -> None:
        self._expected.clear()


def _is_forbidden(refused: ResponseError) -> bool:
    """Whether Redis will always say so: to this user, or as a proxy that does not know the command."""
    return isinstance(refused, NoPermissionError) or "unknown" in str(refused).lower()


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
    def __init__(self, host: dict[str, Any], channel_layer: RedisPubSubLoopLayer) -> None:
        super().__init__(host, channel_layer)
        self._mute: Mute | None = Mute(host)
        self._told = _Told()

    @property
    def reconnections(self) -> int:
        return getattr(self._pubsub, "reconnections", 0)

    @property
    def interruptions(self) -> int:
        return self._mute.interruptions if self._mute is not None else 0

    async def look_after(self) -> None:
        """Open what broke, before somebody has something to say."""
        if self._redis is not None:
            await self._may_be_mute()

    def tell_others_now(self, channel: str, data: bytes) -> bool:
        """As `tell_others`, but without waiting; False when nothing was told, since that takes time."""
        if self._mute is None or not self._mute.publish_now(channel, data):
            return False
        self._expect_back(channel, data)
        return True

    async def tell_others(self, channel: str, data: bytes) -> None:
        """Publish what this process, if it listens, is not to hear."""
        self._expect_back(channel, data)
        if await self._may_be_mute() and self._mute is not None:
            await self._mute.publish(channel, data)
        else:
            await self.publish(channel, data)

    async def _may_be_mute(self) -> bool:
        """Whether there is a connection over which Redis need not answer; one is opened if need be."""
        if self._mute is not None:
            try:
                await self._mute.ready()
            except ResponseError as exc:
                if not _is_forbidden(exc):
                    raise
                logger.info("Redis answers whatever it is told: %s", exc)
                self._mute = None
        return self._mute is not None

    def _expect_back(self, channel: str, data: bytes) -> None:
        if channel in self._subscribed_to:
            self._told.add(data)

    async def flush(self) -> None:
        self._told.clear()
        if self._mute is not None:
            await self._mute.close()
        await super().flush()

    def _ensure_redis(self) -> None:
        if self._redis is None:
            super()._ensure_redis()
            self._pubsub = Ears(self._redis.connection_pool, self._told.take)  # type: ignore[attr-defined]

    async def _do_receiving(self) -> None:
        """Hear what Redis says. channels_redis gives up ten times a second and starts anew.

        A connection over which nothing comes any more is noticed by the hub, which starts the layer over.
        """
        while True:
            try:
                if self._pubsub.subscribed:
                    heard = self._pubsub.get_message(ignore_subscribe_messages=True, timeout=None)
                    self._receive_message(await heard)
                else:
                    await asyncio.sleep(_LOOK_SECONDS)
            except Exception as exc:  # noqa: BLE001 - the next try may get through.
                logger.warning("Redis is not heard: %r", exc)
                await asyncio.sleep(_REST_SECONDS)


class _Loop(RedisPubSubLoopLayer):  # type: ignore[misc]
    def __init__(self, hosts: Any = None, **options: Any) -> None:
        super().__init__(hosts, **options)
        self._shards = [_Shard(host, self) for host in decode_hosts(hosts)]

    @property
    def interruptions(self) -> int:
        """How often what was told to others may have been lost on its way to Redis."""
        return sum(shard.interruptions for shard in self._shards)

    async def look_after(self) -> None:
        """Open anew what broke. Raises one of `hub.LAYER_ERRORS` when Redis is away."""
        for shard in self._shards:
            await shard.look_after()

    @property
    def reconnections(self) -> int:
        """How often Redis hung up and came back, since the last flush: something may be lost each time."""
        return sum(shard.reconnections for shard in self._shards)

    def group_tell_others_now(self, group: str, message: dict[str, Any]) -> bool:
        """As `group_tell_others`, but without waiting; False when nothing was told, since that takes time."""
        channel = self._get_group_channel_name(group)
        data = self.channel_layer.serialize(message)
        return bool(self._get_shard(channel).tell_others_now(channel, data))

    async def group_tell_others(self, group: str, message: dict[str, Any]) -> None:
        """Send to the members of `group` in other processes. No two messages are to be the same."""
        channel = self._get_group_channel_name(group)
        await self._get_shard(channel).tell_others(channel, self.channel_layer.serialize(message))


class RedisLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """`channels_redis.pubsub.RedisPubSubChannelLayer`, at a third of what it costs a process that hears little."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _Loop(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]
