"""Django's Redis cache with connections that outlive a request."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class SharedRedisCache(RedisCache):
    """Keeps one pool of connections in the process.

    Under ASGI Django makes a cache object for every request, and each would connect anew.
    """

    _servers: list[str]
    _options: dict[str, Any]

    @cached_property
    def _cache(self) -> RedisCacheClient:
        return _client(tuple(self._servers), tuple(sorted(self._options.items())))


@lru_cache(maxsize=8)
def _client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> RedisCacheClient:
    return RedisCacheClient(list(servers), **dict(options))
