"""Two connections of redis-py's to Redis: one that only says things, one that only hears them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels_redis.utils import create_pool
from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError, ResponseError, TimeoutError  # noqa: A004 - redis-py's own.

_MOST_UNSENT = 64 * 1024  # Bytes.


class Mute:
    """A connection over which Redis answers nothing (CLIENT REPLY OFF): to publish is to write some bytes.

    With an answer to wait for, redis-py takes as long to publish a message as PostgreSQL to keep it.
    What was written last when a connection ends, for whatever reason, may be lost: `interruptions` counts that.
    """

    def __init__(self, host: dict[str, Any]) -> None:
        self._pool = create_pool(host)
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()
        self.interruptions = 0

    def publish_now(self, channel: str, data: bytes) -> bool:
        """Publish without waiting, or return False: not connected, or Redis does not keep up."""
        connection = self._connection
        if connection is None or _has_hung_up(connection):
            return False
        transport = _writer_of(connection).transport
        if transport.get_write_buffer_size() > _MOST_UNSENT:
            return False
        transport.write(_packed(connection, channel, data))
        return True

    async def publish(self, channel: str, data: bytes) -> None:
        """Publish. Raises ResponseError where Redis always answers, or RedisError or OSError when it is away."""
        connection = await self.ready()
        writer = _writer_of(connection)
        writer.write(_packed(connection, channel, data))
        await writer.drain()

    async def ready(self) -> Connection:
        """Return the connection, opened anew if it broke. Raises as `publish`."""
        async with self._opening:
            if self._connection is not None and _has_hung_up(self._connection):
                await self._hang_up()
            if self._connection is None:
                self._connection = await self._opened()
            return self._connection

    async def close(self) -> None:
        """Hang up; whoever publishes next opens it anew."""
        async with self._opening:
            await self._hang_up()

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self.interruptions += 1
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


# Of a connection's insides redis-py shows nothing.
def _writer_of(connection: Connection) -> asyncio.StreamWriter:
    writer: asyncio.StreamWriter | None = connection._writer  # noqa: SLF001
    if writer is None:
        raise ConnectionResetError("The connection to Redis is closed.")
    return writer


def _has_hung_up(connection: Connection) -> bool:
    reader: asyncio.StreamReader | None = connection._reader  # noqa: SLF001
    if reader is None or not connection.is_connected:
        return True
    # There is nothing to read but the end; after a reset there is not even that.
    is_over = reader.at_eof() or reader.exception() is not None
    return is_over or _writer_of(connection).transport.is_closing()


def _packed(connection: Connection, channel: str, data: bytes) -> bytes:
    return b"".join(connection.pack_command("PUBLISH", channel, data))


class Ears(PubSub):
    """A subscription that knows how often it had to be made again: what was said meanwhile, nobody heard."""

    reconnections = 0

    def __init__(self, pool: ConnectionPool, is_echo: Callable[[bytes], bool]) -> None:
        super().__init__(pool)
        self._is_echo = is_echo

    async def on_connect(self, connection: Connection) -> None:
        await super().on_connect(connection)
        self.reconnections += 1

    async def _execute(self, conn: Connection, command: Any, *args: Any, **options: Any) -> Any:
        """As redis-py does it, which prepares for failures before there is one."""
        try:
            return await command(*args, **options)
        except (OSError, ConnectionError, TimeoutError):
            return await super()._execute(conn, command, *args, **options)  # type: ignore[no-untyped-call]

    async def parse_response(self, block: bool = True, timeout: float = 0) -> Any:
        """As redis-py does it, with its precautions only where the short way fails."""
        connection: Any = self.connection
        if block and connection is not None and connection.is_connected:
            with suppress(OSError, ConnectionError, TimeoutError):
                response = await connection._parser.read_response(push_request=True)  # noqa: SLF001
                if isinstance(response, ResponseError):
                    raise response
                return response
        return await super().parse_response(block, timeout)

    async def handle_message(self, response: Any, ignore_subscribe_messages: bool = False) -> Any:
        """Return what is heard, or None for an echo."""
        if response[0] == b"message" and self._is_echo(response[2]):
            return None
        return await super().handle_message(response, ignore_subscribe_messages)  # type: ignore[no-untyped-call]
