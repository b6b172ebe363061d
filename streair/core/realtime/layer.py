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

logger = logging.getLogger(__name__)

# Between two looks whether there is something to listen to, and after a failure.
_LOOK_SECONDS, _REST_SECONDS = 0.1, 1.0


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
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


class RedisLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """`channels_redis.pubsub.RedisPubSubChannelLayer`, at a third of what it costs a process that hears little."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _Loop(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]
