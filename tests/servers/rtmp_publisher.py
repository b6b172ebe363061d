"""An encoder that sends the very tags a test wants: things that ffmpeg never would."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

from streams.relay import amf
from streams.relay.flv import FlvParser, Tag, TagKind
from streams.relay.headers import SET_DATA_FRAME
from streams.relay.rtmp import HANDSHAKE_SIZE, VERSION, RtmpAddress
from streams.relay.rtmp_chunks import ChunkParser, Message, MessageType, encode_message
from tests.servers.clips import Clip, clip_file
from tests.servers.process import ServerError

_TIMEOUT_SECONDS = 15
_CHUNK_SIZE = 4096
_COMMAND_CHUNKS = 3
# Each kind of media on a chunk stream of its own, as OBS does it.
_ROADS = {
    TagKind.AUDIO: (MessageType.AUDIO, 4),
    TagKind.SCRIPT: (MessageType.DATA, 5),
    TagKind.VIDEO: (MessageType.VIDEO, 6),
}


class RtmpPublisher:
    """One publishing session. `send` sends at once; `stream` keeps to the tags' own times."""

    def __init__(self, url: str, *, encoder: str = "made up") -> None:
        self._address = RtmpAddress.parse(url)
        self._encoder = encoder
        self._socket = socket.create_connection(
            (self._address.host, self._address.port), timeout=_TIMEOUT_SECONDS
        )
        self._chunks = ChunkParser()
        self._stream_id = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        try:
            self._shake_hands()
            self._publish()
        except BaseException:
            self._socket.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, *tags: Tag) -> None:
        """Send `tags`, whatever their times."""
        for tag in tags:
            type_id, road = _ROADS[tag.kind]
            body = SET_DATA_FRAME + tag.body if tag.is_script else tag.body
            self._write(Message(type_id, tag.timestamp, self._stream_id, body), road)

    def stream(self, tags: Iterable[Tag], *, speed: float = 1) -> None:
        """Send `tags`, each when its time has come, in a thread, until they end or we close."""
        assert self._thread is None, "it streams already"
        self._thread = threading.Thread(target=self._run, args=[iter(tags), speed])
        self._thread.start()

    def close(self) -> None:
        """Hang up without a goodbye. Safe to call twice."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT_SECONDS)
        self._socket.close()

    def _run(self, tags: Iterator[Tag], speed: float) -> None:
        begun, first = time.monotonic(), None
        for tag in tags:
            if first is None:
                first = tag.timestamp
            due = begun + ((tag.timestamp - first) & 0xFFFFFFFF) / 1000 / speed
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return
            try:
                self.send(tag)
            except OSError:  # The other side hung up: who started us will see that.
                return

    def _shake_hands(self) -> None:
        self._socket.sendall(bytes([VERSION]) + bytes(HANDSHAKE_SIZE))
        answer = self._receive_exactly(1 + 2 * HANDSHAKE_SIZE)
        self._socket.sendall(answer[1 : 1 + HANDSHAKE_SIZE])

    def _publish(self) -> None:
        connect = {"app": self._address.app, "type": "nonprivate", "tcUrl": self._address.tc_url}
        size = Message(MessageType.SET_CHUNK_SIZE, 0, 0, _CHUNK_SIZE.to_bytes(4))
        self._socket.sendall(encode_message(size, chunk_stream_id=2))
        self._command("connect", 1, {**connect, "flashVer": self._encoder})
        self._answer("_result", 1)
        self._command("createStream", 2, None)
        stream_id = self._answer("_result", 2)[3]
        assert isinstance(stream_id, float), "streams have numbers"
        self._stream_id = int(stream_id)
        self._command("publish", 3, None, self._address.name, "live")
        code = self._answer("onStatus", 0)[3]["code"]
        if code != "NetStream.Publish.Start":
            raise ServerError(f"The encoder was refused: {code}.")

    def _answer(self, name: str, transaction: int) -> list[Any]:
        """Return the command that the server answers with."""
        while data := self._socket.recv(65536):
            for message in self._chunks.feed(data):
                if message.type_id == MessageType.COMMAND:
                    values = amf.decode(message.body)
                    if values[0] == "_error":
                        raise ServerError(f"The server refused: {values}.")
                    if values[:2] == [name, transaction]:
                        return values
        raise ServerError("The encoder was refused.")

    def _receive_exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise ServerError("The server hung up in the handshake.")
            data += more
        return data

    def _command(self, *values: Any) -> None:
        message = Message(MessageType.COMMAND, 0, self._stream_id, amf.encode(*values))
        self._write(message, _COMMAND_CHUNKS)

    def _write(self, message: Message, road: int) -> None:
        data = encode_message(message, chunk_stream_id=road, chunk_size=_CHUNK_SIZE)
        self._socket.sendall(data)


def clip_tags(clip: Clip | None = None) -> list[Tag]:
    """Return the tags of a clip, without the one that says that it is over."""
    tags = FlvParser().feed(clip_file(clip).read_bytes())
    return [tag for tag in tags if not tag.is_end_of_sequence]


def repeated(clip: Clip | None = None, *, start: int = 0) -> Iterator[Tag]:
    """Yield a clip's tags over and over, from the time `start`, as RTMP's 32 bits count it."""
    tags = clip_tags(clip)
    length = round((clip or Clip()).length * 1000)
    for turn in itertools.count():
        for tag in tags:
            if turn == 0 or not (tag.is_script or tag.is_sequence_header):
                time_ = (start + turn * length + tag.timestamp) & 0xFFFFFFFF
                yield Tag(tag.kind, time_, tag.body)
