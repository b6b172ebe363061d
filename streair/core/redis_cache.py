"""Django's Redis cache with connections that outlive a request, and patience that ends."""

from __future__ import annotations

import functools
from functools import cached_property, lru_cache
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

from streair.core.breaker import Breaker

# How long one request in a while waits for a Redis that hangs; all others do without at once.
CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.4
REST_SECONDS = 5.0

breaker = Breaker("Redis (cache)", rest_seconds=REST_SECONDS)
_AWAY = (NotConnected, NoAnswer)


class SharedRedisCache(RedisCache):
    """Keeps one pool of connections in the process.

    Under ASGI Django makes a cache object for every request, and each would connect anew.
    """

    _servers: list[str]
    _options: dict[str, Any]

    @cached_property
    def _cache(self) -> RedisCacheClient:
        return _client(tuple(self._servers), tuple(sorted(self._options.items())))


class _Redis(redis.Redis):
    """Asks through the breaker."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Return the answer to one command."""
        ask = functools.partial(super().execute_command, *args, **options)
        return breaker.run(ask, *_AWAY)

    def pipeline(self, *args: Any, **options: Any) -> Any:
        """Return a pipeline that is sent through the breaker, too."""
        found = super().pipeline(*args, **options)
        found.execute = functools.partial(breaker.run, found.execute, *_AWAY)  # type: ignore[method-assign]
        return found


@lru_cache(maxsize=8)
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> RedisCacheClient:
    patience = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        # A connection that a restarted server has closed is opened anew; nobody waits twice.
        "retry": Retry(NoBackoff(), 1, supported_errors=(NotConnected,)),
    }
    client = RedisCacheClient(list(servers), **{**patience, **dict(options)})
    client._client = _Redis  # type: ignore[attr-defined]  # noqa: SLF001 - the attribute is there for this, the option is not.
    return client
