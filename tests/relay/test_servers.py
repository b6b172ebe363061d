"""Streams as real servers deliver them: by direct writes, by ASGI messages, under daphne."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from streams.relay.flv import FlvParser, Tag, TagKind
from streams.relay.http_flv import HttpFlvClient
from tests.servers.process import Program, free_port

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = "tests.relay.stage:application"
GUNICORN = ["-m", "gunicorn", "-k", "streair.server.Worker", "-b", "127.0.0.1:PORT", APPLICATION]
DAPHNE = ["-m", "daphne", "-b", "127.0.0.1", "-p", "PORT", APPLICATION]

pytestmark = pytest.mark.system


class Server:
    """A running server, and viewers of it."""

    def __init__(self, program: Program, port: int) -> None:
        self.program = program
        self.port = port

    @asynccontextmanager
    async def connected(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(20):
                yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    @asynccontextmanager
    async def watching(self, key: str) -> AsyncIterator["Watching"]:
        async with self.connected() as (reader, writer):
            writer.write(f"GET /live/{key}.flv HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            yield Watching(reader)

    async def ask(self, path: str) -> dict[str, object]:
        async with self.connected() as (reader, writer):
            writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            answer = await reader.read()
        body = answer.partition(b"\r\n\r\n")[2]
        stats: dict[str, object] = json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])
        return stats

    async def viewers(self, key: str, count: int) -> None:
        """Return once the room has `count` viewers."""
        async with asyncio.timeout(5):
            # Each question takes a connection of its own: that is pause enough.
            while (await self.ask(f"/stats/{key}"))["viewers"] != count:
                pass


class Watching:
    """A viewer who reads."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.client = HttpFlvClient()
        self.tags: list[Tag] = []

    async def see(self, count: int) -> list[Tag]:
        """Return once `count` tags have arrived."""
        while len(self.tags) < count:
            data = await self._reader.read(65536)
            assert data, "the stream ended early"
            self.tags += self.client.feed(data)
        return self.tags

    async def end(self) -> bool:
        """Read to the end; return whether it was announced."""
        while not self.client.finished and (data := await self._reader.read(65536)):
            self.tags += self.client.feed(data)
        return self.client.finished


@contextmanager
def running(arguments: list[str], log: Path, **env: str) -> Iterator[Server]:
    port = free_port()
    arguments = [word.replace("PORT", str(port)) for word in arguments]
    with Program("server", [sys.executable, *arguments], log=log, cwd=ROOT, env=env) as program:
        yield Server(program.wait_for_port(port), port)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for all tests that leave it running."""
    with running(GUNICORN, tmp_path_factory.mktemp("direct") / "server.log") as server:
        yield server


@pytest.fixture(scope="module", params=["direct", "messages", "daphne"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Run one server of each kind."""
    log = tmp_path_factory.mktemp(request.param) / "server.log"
    arguments = DAPHNE if request.param == "daphne" else GUNICORN
    env = {"STAGE_BY_MESSAGES": "1"} if request.param == "messages" else {}
    with running(arguments, log, **env) as server:
        yield server


async def test_two_viewers_see_the_same_stream(server: Server) -> None:
    async with server.watching("shared") as one, server.watching("shared") as two:
        await one.see(100)
        await two.see(100)

        frames = [{tag for tag in who.tags if not tag.is_script} for who in (one, two)]
        assert len(frames[0] & frames[1]) >= 90


async def test_a_crowd_gets_the_same_bytes_however_late_one_reads(log: Path) -> None:
    with running(GUNICORN, log, STAGE_FRAME_SIZE="30000") as server:
        async with AsyncExitStack() as stack:
            crowd = [await stack.enter_async_context(server.watching("crowd")) for _ in range(80)]
            late, *others = crowd

            await asyncio.gather(*(viewer.see(200) for viewer in others))
            await late.see(200)

    bodies: dict[tuple[TagKind, int], bytes] = {}
    for viewer in crowd:
        frames = [tag for tag in viewer.tags if not tag.is_script and not tag.is_sequence_header]
        times = [tag.timestamp for tag in frames if tag.is_video]
        assert times == list(range(times[0], times[-1] + 1, 20))
        for tag in frames:
            assert bodies.setdefault((tag.kind, tag.timestamp), tag.body) == tag.body


async def test_a_viewer_who_leaves_is_noticed_at_once(server: Server) -> None:
    async with server.watching("left") as viewer:
        await viewer.see(1)
        await server.viewers("left", 1)

    await server.viewers("left", 0)


async def test_a_room_that_ends_closes_its_streams_within_two_seconds(server: Server) -> None:
    async with server.watching("ended") as viewer:
        await viewer.see(10)

        async with asyncio.timeout(2):
            await server.ask("/end/ended")
            assert await viewer.end()


async def test_head_answers_and_opens_nothing(server: Server) -> None:
    async with server.connected() as (reader, writer):
        writer.write(b"HEAD /live/head.flv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = (await reader.read()).lower()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"http/1.1 200")
    assert b"content-type: video/x-flv" in head
    assert b"cache-control: no-store" in head
    assert body == b""
    assert (await server.ask("/stats/head"))["open"] is False


async def test_http_1_1_gets_chunks_and_is_told_that_the_connection_closes(
    direct: Server,
) -> None:
    async with direct.connected() as (reader, writer):
        writer.write(b"GET /live/room.flv HTTP/1.1\r\nHost: x\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).lower()

    assert b"transfer-encoding: chunked\r\n" in head
    assert b"connection: close\r\n" in head
    assert b"server:" not in head


async def test_http_1_0_gets_the_bare_file(direct: Server) -> None:
    parser = FlvParser()
    async with direct.connected() as (reader, writer):
        writer.write(b"GET /live/room.flv HTTP/1.0\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        tags: list[Tag] = []
        while len(tags) < 50:
            tags += parser.feed(await reader.read(65536))

    assert b"chunked" not in head


@pytest.mark.parametrize("process_signal", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_stops_ends_its_streams_and_exits_within_five_seconds(
    log: Path, process_signal: signal.Signals
) -> None:
    with running(GUNICORN, log, STAGE_FRAME_SIZE="100000") as server:
        async with server.watching("room") as viewer, server.watching("room"):
            await viewer.see(300)  # By then the other one, who reads nothing, has a backlog.

            server.program.signal(process_signal)
            async with asyncio.timeout(5):
                assert await viewer.end()
                await asyncio.to_thread(server.program.wait, 5)

        assert "Traceback" not in server.program.output()


async def test_a_viewer_who_pipelines_another_request_is_noticed_leaving(
    direct: Server,
) -> None:
    async with direct.connected() as (reader, writer):
        writer.write(b"GET /live/pipelined.flv HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        await reader.readuntil(b"FLV")
        await direct.viewers("pipelined", 1)

    await direct.viewers("pipelined", 0)


@pytest.mark.parametrize("start", [b"", b"GET /live/ro", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_request_that_never_ends_is_cut_off(direct: Server, start: bytes) -> None:
    async with direct.connected() as (reader, writer), asyncio.timeout(5):
        writer.write(start)

        assert await reader.read() == b""


async def test_a_viewer_who_takes_nothing_delays_nobody(log: Path) -> None:
    with running(GUNICORN, log, STAGE_FRAME_SIZE="100000") as server:
        async with server.watching("room"), server.watching("room") as reader:
            await reader.see(400)

        times = [tag.timestamp for tag in reader.tags if tag.is_video and tag.body[1]]
        assert times == list(range(times[0], times[-1] + 1, 20))
