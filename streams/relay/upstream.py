"""Where a room's tags come from: rtmp:// or http(s)://, opened and read."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from streams.relay.errors import UpstreamError, UpstreamSilent
from streams.relay.flv import Tag
from streams.relay.http_flv import HttpFlvClient, request
from streams.relay.rtmp import PlayClient, PlayEvent, RtmpAddress

# More than half a second of any sane stream: what gathers between two reads is read at once.
READ_SIZE = 2 * 1024 * 1024
CONNECT_SECONDS = 5.0
# How long a server may take to say that it will send a stream that nobody publishes yet.
ACCEPT_SECONDS = 1.0
# Before the first tag there may be nothing to send; after it, silence is the end.
IDLE_SECONDS = 20.0
SILENCE_SECONDS = 10.0
CLOSE_SECONDS = 1.0


class Upstream(Protocol):
    """An open source: gives tags as they arrive, several at a time, until the stream ends."""

    def __aiter__(self) -> AsyncIterator[list[Tag]]:
        """Raises RelayError when the source breaks."""


Opener = Callable[[str], AbstractAsyncContextManager[Upstream]]


@asynccontextmanager
async def open_upstream(
    url: str, *, idle: float = IDLE_SECONDS, silence: float = SILENCE_SECONDS
) -> AsyncIterator[Upstream]:
    """Open `url`. Entered once the server has accepted to send, now or when somebody publishes.

    `url` comes from the settings alone, never from a request. Raises UpstreamError, or
    another RelayError when the server does not speak its protocol.
    """
    scheme = urlsplit(url).scheme
    async with contextlib.AsyncExitStack() as stack:
        upstream: RtmpUpstream | HttpUpstream
        if scheme == "rtmp":
            address = RtmpAddress.parse(url)
            link = await stack.enter_async_context(_connected(address.host, address.port))
            upstream = RtmpUpstream(link, address, idle=idle, silence=silence)
        elif scheme in {"http", "https"}:
            link = await stack.enter_async_context(_connected_to_web(url))
            upstream = HttpUpstream(link, url, idle=idle, silence=silence)
        else:
            raise UpstreamError("the address is neither rtmp:// nor http(s)://")
        await upstream.open()
        yield upstream


class _Link:
    """A connection with a limit on every wait."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, seconds: float) -> bytes:
        """Return what arrives next. Raises UpstreamError on the end, and on silence."""
        try:
            async with asyncio.timeout(seconds):
                data = await self._reader.read(READ_SIZE)
        except TimeoutError as exc:
            raise UpstreamSilent(f"nothing came for {seconds:g} seconds") from exc
        except OSError as exc:
            raise UpstreamError("the connection broke") from exc
        if not data:
            raise UpstreamError("the server closed the connection")
        return data

    def write(self, data: bytes) -> None:
        # Requests and acknowledgements: a few bytes that need no back-pressure.
        if data:
            self._writer.write(data)


def _connected_to_web(url: str) -> AbstractAsyncContextManager[_Link]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if not parts.hostname:
        raise UpstreamError("the address names no host")
    context = ssl.create_default_context() if secure else None
    return _connected(parts.hostname, parts.port or (443 if secure else 80), context)


@asynccontextmanager
async def _connected(
    host: str, port: int, context: ssl.SSLContext | None = None
) -> AsyncIterator[_Link]:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=READ_SIZE)
    except (OSError, TimeoutError) as exc:
        raise UpstreamError("the server cannot be reached") from exc
    try:
        yield _Link(reader, writer)
    finally:
        writer.close()
        # TLS says goodbye and may wait for an answer: not for long.
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await writer.wait_closed()


class RtmpUpstream:
    """A stream played over RTMP."""

    def __init__(self, link: _Link, address: RtmpAddress, *, idle: float, silence: float) -> None:
        self._link = link
        self._client = PlayClient(address)
        self._idle = idle
        self._silence = silence
        self._tags: list[Tag] = []
        self._is_accepted = False
        self._has_flowed = False
        self._has_ended = False

    async def open(self) -> None:
        """Come as far as `play`, and wait a moment for the answer, which not every server gives."""
        while not self._client.has_asked_to_play:
            await self._receive(CONNECT_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ACCEPT_SECONDS):
                while not self._is_accepted and not self._has_flowed:
                    await self._receive(self._idle)

    async def __aiter__(self) -> AsyncIterator[list[Tag]]:
        while True:
            tags, self._tags = self._tags, []
            if tags:
                yield tags
            if self._has_ended:
                return
            await self._receive(self._silence if self._has_flowed else self._idle)

    async def _receive(self, seconds: float) -> None:
        """Read once, take note of what came, and answer what wants an answer."""
        self._link.write(self._client.outgoing())
        for item in self._client.feed(await self._link.read(seconds)):
            self._note(item)
        self._link.write(self._client.outgoing())

    def _note(self, item: Tag | PlayEvent) -> None:
        if isinstance(item, Tag):
            # What comes after the end would be another publisher's, with another clock.
            if not self._has_ended:
                self._tags.append(item)
                self._has_flowed = self._has_flowed or not item.is_script
        elif item is PlayEvent.ACCEPTED:
            self._is_accepted = True
        elif item is PlayEvent.UNPUBLISHED and self._has_flowed:
            # Of a stream that nobody has published yet, it means nothing.
            self._has_ended = True


class HttpUpstream:
    """A stream fetched as FLV over HTTP."""

    def __init__(self, link: _Link, url: str, *, idle: float, silence: float) -> None:
        self._link = link
        self._url = url
        self._client = HttpFlvClient()
        self._idle = idle
        self._silence = silence
        self._early: list[Tag] = []

    async def open(self) -> None:
        """Ask, and wait for the answer's head: some servers give it only once somebody publishes."""
        self._link.write(request(self._url))
        while not self._client.accepted:
            self._early += self._client.feed(await self._link.read(self._idle))

    async def __aiter__(self) -> AsyncIterator[list[Tag]]:
        tags, has_flowed = self._early, False
        while True:
            if tags:
                has_flowed = has_flowed or not all(tag.is_script for tag in tags)
                yield tags
            if self._client.finished:
                return
            data = await self._link.read(self._silence if has_flowed else self._idle)
            tags = list(self._client.feed(data))
