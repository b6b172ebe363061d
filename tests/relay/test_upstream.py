"""Upstreams over real sockets: opened, read, lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from streams.relay.errors import FlvError, UpstreamError, UpstreamRefused
from streams.relay.flv import Tag, encode_tag, file_header
from streams.relay.upstream import Upstream, open_upstream
from tests.relay.rtmp_server import rtmp_server
from tests.unit.streams.relay.samples import footage, headers, keyframe

TAGS = [*headers(), *footage(1.0)]
FLV = file_header() + b"".join(map(encode_tag, TAGS))
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def web_server(answer: Answer) -> AsyncIterator[str]:
    """Run an HTTP server that lets `answer` write to every client; yield the stream's URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answer(writer)
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/live/room.flv"
    finally:
        listener.close()
        await listener.wait_closed()


async def collect(upstream: Upstream, count: int) -> list[Tag]:
    """Return the next `count` tags."""
    got: list[Tag] = []
    async with asyncio.timeout(5):
        async for tags in upstream:
            got += tags
            if len(got) >= count:
                break
    return got


async def drain(upstream: Upstream) -> list[Tag]:
    """Return all tags until the stream ends."""
    async with asyncio.timeout(5):
        return [tag async for tags in upstream for tag in tags]


async def test_rtmp_is_open_once_play_is_accepted_and_gives_what_is_published() -> None:
    async with rtmp_server() as server, open_upstream(server.url) as upstream:
        assert server.played == ["room"]
        server.publish(TAGS)

        assert await collect(upstream, len(TAGS)) == TAGS


async def test_a_server_that_says_nothing_to_play_is_waited_for_only_a_moment() -> None:
    async with (
        asyncio.timeout(4),
        rtmp_server(answers_play=False) as server,
        open_upstream(server.url) as upstream,
    ):
        server.publish(TAGS)

        assert await collect(upstream, 1)


async def test_a_refusal_to_play_is_told_apart() -> None:
    async with rtmp_server(refuses=True) as server:
        with pytest.raises(UpstreamRefused, match="refused"):
            async with open_upstream(server.url):
                pass


async def test_a_publisher_who_leaves_ends_the_stream_with_all_its_tags() -> None:
    async with rtmp_server() as server, open_upstream(server.url) as upstream:
        server.status("NetStream.Play.UnpublishNotify")  # before anybody published: means nothing
        server.publish(TAGS)
        server.status("NetStream.Play.UnpublishNotify")

        assert await drain(upstream) == TAGS


async def test_a_lost_connection_is_an_error() -> None:
    async with rtmp_server() as server, open_upstream(server.url) as upstream:
        server.publish(TAGS)
        await collect(upstream, 1)
        server.hang_up()

        with pytest.raises(UpstreamError, match="closed"):
            await drain(upstream)


async def test_silence_after_media_is_an_error() -> None:
    async with (
        rtmp_server() as server,
        open_upstream(server.url, silence=0.05, idle=60) as upstream,
    ):
        server.publish([keyframe(0)])

        with pytest.raises(UpstreamError, match=r"0\.05 seconds"):
            await drain(upstream)


async def test_a_publisher_who_never_comes_is_given_up_on() -> None:
    async with rtmp_server() as server, open_upstream(server.url, idle=0.05) as upstream:
        with pytest.raises(UpstreamError, match=r"0\.05 seconds"):
            await drain(upstream)


@pytest.mark.parametrize("url", ["rtmp://127.0.0.1:1/live/room", "http://127.0.0.1:1/live/x.flv"])
async def test_a_server_that_is_not_there_is_an_error(url: str) -> None:
    with pytest.raises(UpstreamError, match="cannot be reached"):
        async with open_upstream(url):
            pass


@pytest.mark.parametrize("url", ["ftp://host/x", "http:///x", "/etc/passwd"])
async def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(UpstreamError):
        async with open_upstream(url):
            pass


async def test_http_gives_the_same_tags() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(FLV), FLV))

    async with web_server(answer) as url, open_upstream(url) as upstream:
        assert await drain(upstream) == TAGS


async def test_redirects_are_not_followed() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")

    async with web_server(answer) as url:
        with pytest.raises(UpstreamRefused, match="302"):
            async with open_upstream(url):
                pass


async def test_a_page_where_a_stream_should_be_is_an_error() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<!doctype html>")

    async with web_server(answer) as url:
        with pytest.raises(FlvError):
            async with open_upstream(url) as upstream:
                await drain(upstream)
