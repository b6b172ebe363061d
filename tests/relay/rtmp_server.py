"""A small RTMP server that tests publish to: one play session per connection, own bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from streams.relay import amf
from streams.relay.flv import Tag, TagKind
from streams.relay.rtmp import HANDSHAKE_SIZE
from streams.relay.rtmp_chunks import ChunkParser, Message, MessageType, encode_message

KINDS = {
    TagKind.AUDIO: MessageType.AUDIO,
    TagKind.VIDEO: MessageType.VIDEO,
    TagKind.SCRIPT: MessageType.DATA,
}


class RtmpServer:
    """Accepts any play; what is published goes to all who play."""

    def __init__(self, *, answers_play: bool = True, refuses: bool = False) -> None:
        self.port = 0
        self.played: list[str] = []
        self._answers_play = answers_play
        self._refuses = refuses
        self._connections: set[asyncio.StreamWriter] = set()
        self._players: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"rtmp://127.0.0.1:{self.port}/live/room"

    def publish(self, tags: Iterable[Tag]) -> None:
        data = b"".join(
            encode_message(
                Message(KINDS[tag.kind], tag.timestamp, 1, tag.body),
                chunk_stream_id=tag.kind + 20,
            )
            for tag in tags
        )
        self.send(data)

    def status(self, code: str) -> None:
        self.send(_command("onStatus", 0, None, {"level": "status", "code": code}))

    def send(self, data: bytes) -> None:
        for player in self._players:
            player.write(data)

    def hang_up(self) -> None:
        for connection in self._connections:
            connection.close()

    async def players(self, count: int) -> None:
        """Return once `count` sessions have asked to play."""
        await self._until(lambda: len(self._players) == count)

    async def empty(self) -> None:
        """Return once every connection is closed."""
        await self._until(lambda: not self._connections)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            async with self._changed:
                self._connections.discard(writer)
                self._players.discard(writer)
                self._changed.notify_all()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        c0_c1 = await reader.readexactly(1 + HANDSHAKE_SIZE)
        writer.write(c0_c1 + c0_c1[1:])
        await reader.readexactly(HANDSHAKE_SIZE)
        chunks = ChunkParser()
        while data := await reader.read(4096):
            for message in chunks.feed(data):
                if message.type_id == MessageType.COMMAND:
                    await self._answer(writer, amf.decode(message.body))

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(condition)

    async def _answer(self, writer: asyncio.StreamWriter, command: list[object]) -> None:
        match command:
            case ["connect", *_]:
                writer.write(_command("_result", 1, None, {"code": "Success"}))
            case ["createStream", *_]:
                writer.write(_command("_result", 2, None, 1))
            case ["play", _, _, str(name), *_]:
                self.played.append(name)
                level = "error" if self._refuses else "status"
                details = {"level": level, "code": "NetStream.Play.Start"}
                if self._answers_play:
                    writer.write(_command("onStatus", 0, None, details))
                async with self._changed:
                    self._players.add(writer)
                    self._changed.notify_all()


@asynccontextmanager
async def rtmp_server(
    *, answers_play: bool = True, refuses: bool = False
) -> AsyncIterator[RtmpServer]:
    """Run a server on a free port."""
    server = RtmpServer(answers_play=answers_play, refuses=refuses)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.hang_up()
        await server.empty()
        listener.close()
        await listener.wait_closed()


def _command(*values: object) -> bytes:
    message = Message(MessageType.COMMAND, 0, 1, amf.encode(*values))
    return encode_message(message, chunk_stream_id=3)
