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
from channels_redis.utils import _wrap_close, create_pool, decode_hosts
from redis.asyncio import Connection
from redis.asyncio.client import PubSub
from redis.exceptions import ResponseError

logger = logging.getLogger(__name__)

# Between two looks whether there is something to listen to, and after a failure.
_LOOK_SECONDS, _REST_SECONDS = 0.1, 1.0
# Of what was told to the others and has not come back: Redis may have been restarted meanwhile.
_MOST_TOLD = 256


class _Mute:
    """A connection over which Redis answers nothing (CLIENT REPLY OFF): to publish is to write some bytes.

    With an answer to wait for, redis-py takes as long to publish a message as PostgreSQL to keep it.
    """

    def __init__(self, host: dict[str, Any]) -> None:
        self._pool = create_pool(host)
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()

    async def publish(self, channel: str, data: bytes) -> None:
        """Publish. Raises ResponseError where Redis always answers, or RedisError or OSError when it is away."""
        async with self._opening:
            connection = self._connection
            if connection is None or _has_hung_up(connection):
                await self.close()
                connection = self._connection = await self._opened()
        packed = connection.pack_command("PUBLISH", channel, data)
        await connection.send_packed_command(packed, check_health=False)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _opened(self) -> Connection:
        connection: Connection = self._pool.make_connection()
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            await connection.send_command("CLIENT", "REPLY", "ON")
            await connection.read_response()  # Not every proxy and every user may say this.
            await connection.send_command("CLIENT", "REPLY", "OFF")
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection


def _has_hung_up(connection: Connection) -> bool:
    # There is nothing to read but the end.
    reader: asyncio.StreamReader | None = connection._reader  # noqa: SLF001 - nothing else says so.
    return not connection.is_connected or reader is None or reader.at_eof()


class _Ears(PubSub):
    """A subscription that knows how often it had to be made again: what was said meanwhile, nobody heard."""

    reconnections = 0

    async def on_connect(self, connection: Connection) -> None:
        await super().on_connect(connection)
        self.reconnections += 1


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
    def __init__(self, host: dict[str, Any], channel_layer: RedisPubSubLoopLayer) -> None:
        super().__init__(host, channel_layer)
        self._mute: _Mute | None = _Mute(host)
        self._told: dict[bytes, None] = {}

    @property
    def reconnections(self) -> int:
        return getattr(self._pubsub, "reconnections", 0)

    async def tell_others(self, channel: str, data: bytes) -> None:
        """Publish what this process, if it listens, is not to hear."""
        if channel in self._subscribed_to:
            self._told[data] = None
            if len(self._told) > _MOST_TOLD:
                del self._told[next(iter(self._told))]
        if self._mute is not None:
            try:
                await self._mute.publish(channel, data)
            except ResponseError as exc:
                logger.info("Redis answers whatever it is told: %s", exc)
                self._mute = None
            else:
                return
        await self.publish(channel, data)

    async def flush(self) -> None:
        self._told.clear()
        if self._mute is not None:
            await self._mute.close()
        await super().flush()

    def _ensure_redis(self) -> None:
        if self._redis is None:
            super()._ensure_redis()
            self._pubsub = _Ears(self._redis.connection_pool)  # type: ignore[attr-defined]

    def _receive_message(self, message: dict[str, Any] | None) -> None:
        if message is not None and message["data"] in self._told:
            del self._told[message["data"]]
        else:
            super()._receive_message(message)

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
    def reconnections(self) -> int:
        """How often Redis hung up and came back, since the last flush: something may be lost each time."""
        return sum(shard.reconnections for shard in self._shards)

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
