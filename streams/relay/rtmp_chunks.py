"""RTMP's chunk layer: bytes to messages and back, without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from streams.relay.errors import RtmpError

DEFAULT_CHUNK_SIZE = 128
MAX_CHUNK_SIZE = 16 * 1024 * 1024 - 1
MAX_MESSAGE_SIZE = 8 * 1024 * 1024
# All messages that have begun and not ended, together.
MAX_UNFINISHED = 16 * 1024 * 1024
MAX_CHUNK_STREAMS = 64

EXTENDED = 0xFFFFFF
EXTENDED_SIZE = 4
# What follows the basic header, by the chunk's format.
MESSAGE_HEADER_SIZES = (11, 7, 3, 0)


class MessageType(IntEnum):
    """The message types that a player meets."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACK_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA_AMF3 = 15
    COMMAND_AMF3 = 17
    DATA = 18
    COMMAND = 20
    AGGREGATE = 22


@dataclass(frozen=True, slots=True)
class Message:
    """One whole RTMP message; the timestamp is what 32 bits hold."""

    type_id: int
    timestamp: int
    stream_id: int
    body: bytes


@dataclass(slots=True)
class _ChunkStream:
    """What a chunk may leave out because an earlier one on the same stream said it."""

    timestamp: int = 0
    delta: int = 0
    length: int = 0
    type_id: int = 0
    stream_id: int = 0
    extended: bytes = b""  # the four bytes as sent, or nothing
    body: bytearray = field(default_factory=bytearray)


class ChunkParser:
    """Turn a byte stream, cut anywhere, into messages.

    Set-chunk-size and abort act here, and are not passed on.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0
        self._chunk_size = DEFAULT_CHUNK_SIZE
        self._streams: dict[int, _ChunkStream] = {}
        self._unfinished = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take `data` in, and yield each message that it completes."""
        self._buffer += data
        try:
            while (stream := self._take_chunk()) is not None:
                if len(stream.body) < stream.length:
                    continue
                message = self._finish(stream)
                if message.type_id == MessageType.SET_CHUNK_SIZE:
                    self._set_chunk_size(message.body)
                elif message.type_id == MessageType.ABORT:
                    self._abort(message.body)
                else:
                    yield message
        finally:
            del self._buffer[: self._position]
            self._position = 0

    def _take_chunk(self) -> _ChunkStream | None:
        """Move one chunk's payload to its message; None when the chunk is not all here yet."""
        basic = self._basic_header()
        if basic is None:
            return None
        chunk_format, chunk_stream_id, start = basic
        end = start + MESSAGE_HEADER_SIZES[chunk_format]
        if len(self._buffer) < end:
            return None
        head = self._buffer[start:end]
        stream = self._streams.get(chunk_stream_id) or self._new_stream(chunk_format)
        extended = self._extended(chunk_format, head, end, stream)
        if extended is None:
            return None
        start = end + len(extended)
        length = _claimed_length(head) if chunk_format < 2 else stream.length
        end = start + min(length - len(stream.body), self._chunk_size)
        if len(self._buffer) < end:
            return None

        # Only now that the chunk is whole may it change anything: feed() comes back for it.
        self._begin(stream, chunk_format, head, extended)
        self._streams[chunk_stream_id] = stream
        self._append(stream, start, end)
        return stream

    def _basic_header(self) -> tuple[int, int, int] | None:
        """Return the chunk's format, its stream's id, and where the message header starts."""
        head = self._buffer[self._position : self._position + 3]
        if not head:
            return None
        chunk_format, low = head[0] >> 6, head[0] & 0x3F
        size = {0: 2, 1: 3}.get(low, 1)
        if len(head) < size:
            return None
        chunk_stream_id = low if size == 1 else 64 + int.from_bytes(head[1:size], "little")
        return chunk_format, chunk_stream_id, self._position + size

    def _new_stream(self, chunk_format: int) -> _ChunkStream:
        if chunk_format == 3:
            raise RtmpError("a chunk refers to a message that never began")
        if len(self._streams) >= MAX_CHUNK_STREAMS:
            raise RtmpError(f"more than {MAX_CHUNK_STREAMS} chunk streams")
        return _ChunkStream()

    def _extended(
        self, chunk_format: int, head: bytearray, end: int, known: _ChunkStream
    ) -> bytes | None:
        """Return the extended timestamp's bytes, nothing if there is none; None: not here yet."""
        if chunk_format == 3:
            if not known.extended:
                return b""
        elif int.from_bytes(head[:3]) != EXTENDED:
            return b""
        field_bytes = bytes(self._buffer[end : end + EXTENDED_SIZE])
        if chunk_format == 3 and not known.extended.startswith(field_bytes):
            # The specification repeats the field in every chunk of format 3; some senders
            # do not, and then these bytes are payload already.
            return b""
        return field_bytes if len(field_bytes) == EXTENDED_SIZE else None

    def _begin(
        self, stream: _ChunkStream, chunk_format: int, head: bytearray, extended: bytes
    ) -> None:
        """Take over what the chunk's header says, or that it says nothing new."""
        if chunk_format == 3:
            if not stream.body:
                stream.timestamp = (stream.timestamp + stream.delta) & 0xFFFFFFFF
            return
        if stream.body:
            raise RtmpError("a message begins inside another one of the same chunk stream")
        time = int.from_bytes(extended or head[:3])
        stream.extended = extended
        if chunk_format == 0:
            # The next message of format 3 is at this same time: nginx-rtmp means it so,
            # whatever the specification says about adding the whole timestamp again.
            stream.timestamp, stream.delta = time, 0
            stream.stream_id = int.from_bytes(head[7:11], "little")
        else:
            stream.timestamp = (stream.timestamp + time) & 0xFFFFFFFF
            stream.delta = time
        if chunk_format < 2:
            stream.length, stream.type_id = int.from_bytes(head[3:6]), head[6]

    def _append(self, stream: _ChunkStream, start: int, end: int) -> None:
        self._unfinished += end - start
        if self._unfinished > MAX_UNFINISHED:
            raise RtmpError(f"more than {MAX_UNFINISHED} bytes of unfinished messages")
        stream.body += self._buffer[start:end]
        self._position = end

    def _finish(self, stream: _ChunkStream) -> Message:
        self._unfinished -= len(stream.body)
        body, stream.body = bytes(stream.body), bytearray()
        return Message(stream.type_id, stream.timestamp, stream.stream_id, body)

    def _set_chunk_size(self, body: bytes) -> None:
        size = int.from_bytes(body[:4])
        if len(body) < 4 or not 1 <= size <= MAX_CHUNK_SIZE:
            raise RtmpError(f"the peer sets a chunk size of {size} bytes")
        self._chunk_size = size

    def _abort(self, body: bytes) -> None:
        stream = self._streams.get(int.from_bytes(body[:4]))
        if stream is not None:
            self._unfinished -= len(stream.body)
            stream.body = bytearray()


def _claimed_length(head: bytearray) -> int:
    length = int.from_bytes(head[3:6])
    if length > MAX_MESSAGE_SIZE:
        raise RtmpError(f"a message claims {length} bytes, {MAX_MESSAGE_SIZE} are allowed")
    return length


def encode_message(
    message: Message, *, chunk_stream_id: int, chunk_size: int = DEFAULT_CHUNK_SIZE
) -> bytes:
    """Return `message` cut into chunks. `chunk_stream_id` is 2 to 63."""
    time = message.timestamp & 0xFFFFFFFF
    extended = time.to_bytes(4) if time >= EXTENDED else b""
    head = (
        bytes([chunk_stream_id])
        + min(time, EXTENDED).to_bytes(3)
        + len(message.body).to_bytes(3)
        + bytes([message.type_id])
        + message.stream_id.to_bytes(4, "little")
        + extended
    )
    follow_up = bytes([0xC0 | chunk_stream_id]) + extended
    pieces = [
        message.body[start : start + chunk_size]
        for start in range(0, len(message.body), chunk_size)
    ]
    return head + follow_up.join(pieces)
