"""FLV: bytes to tags and back, without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from streams.relay.errors import FlvError

FILE_HEADER_SIZE = 9
BACK_POINTER_SIZE = 4
TAG_HEADER_SIZE = 11
# A keyframe of a 4K stream stays under 2 MB; whatever claims more is broken or hostile.
MAX_BODY_SIZE = 8 * 1024 * 1024
# What may follow the nine bytes of a file header in a longer one. Nobody uses it.
MAX_FILE_HEADER_SIZE = 64

AVC = 7
AAC = 10
SEQUENCE_HEADER = 0
END_OF_SEQUENCE = 2
KEYFRAME = 1
ENHANCED = 0x80


class TagKind(IntEnum):
    """What a tag holds; the values are those of the tag's first byte."""

    AUDIO = 8
    VIDEO = 9
    SCRIPT = 18


@dataclass(frozen=True, slots=True)
class Tag:
    """One message of audio, video or script data, at a time in milliseconds."""

    kind: TagKind
    timestamp: int
    body: bytes

    @property
    def is_video(self) -> bool:
        return self.kind is TagKind.VIDEO

    @property
    def is_audio(self) -> bool:
        return self.kind is TagKind.AUDIO

    @property
    def is_script(self) -> bool:
        return self.kind is TagKind.SCRIPT

    @property
    def is_enhanced(self) -> bool:
        """Whether this is enhanced RTMP's video (HEVC, AV1, …), which has no codec id."""
        return self.is_video and bool(self.body) and bool(self.body[0] & ENHANCED)

    @property
    def codec_id(self) -> int | None:
        """Return FLV's number of the codec; None for script data, enhanced video, empty bodies."""
        if not self.body or self.is_script or self.is_enhanced:
            return None
        return self.body[0] & 0x0F if self.is_video else self.body[0] >> 4

    @property
    def is_sequence_header(self) -> bool:
        """Whether this configures a decoder: AVC's parameter sets or AAC's configuration."""
        if len(self.body) < 2 or self.body[1] != SEQUENCE_HEADER:
            return False
        return self.codec_id == (AVC if self.is_video else AAC)

    @property
    def is_end_of_sequence(self) -> bool:
        return (
            self.is_video
            and self.codec_id == AVC
            and len(self.body) > 1
            and self.body[1] == END_OF_SEQUENCE
        )

    @property
    def is_keyframe(self) -> bool:
        """Whether a decoder can start at this tag.

        Sequence headers and `17 02` (end of sequence) carry the keyframe flag, too, and
        are none; enhanced video never counts, since nothing here can play it.
        """
        body = self.body
        if not self.is_video or len(body) < 2 or body[0] >> 4 != KEYFRAME:
            return False
        return body[0] & 0x0F != AVC or body[1] not in {SEQUENCE_HEADER, END_OF_SEQUENCE}


class FlvParser:
    """Turn a byte stream, cut anywhere, into tags.

    `headless` bytes start with a tag, not with a file header: RTMP's aggregate messages.
    """

    def __init__(self, *, headless: bool = False) -> None:
        # Each tag comes after the back pointer of what is before it: here, of nothing.
        self._buffer = bytearray(BACK_POINTER_SIZE if headless else 0)
        self._taken = 0
        self._seen_header = headless

    def feed(self, data: bytes) -> Iterator[Tag]:
        """Take `data` in, and yield each tag that it completes."""
        self._buffer += data
        if not self._seen_header and not self._take_file_header():
            return
        try:
            while (tag := self._take_tag()) is not None:
                yield tag
        finally:
            # Once per call and not per tag: each removal moves the rest of the buffer.
            del self._buffer[: self._taken]
            self._taken = 0

    def _take_file_header(self) -> bool:
        head = self._buffer[:FILE_HEADER_SIZE]
        if not b"FLV\x01".startswith(head[:4]):
            raise FlvError("the stream does not start with an FLV file header")
        if len(head) < FILE_HEADER_SIZE:
            return False
        size = int.from_bytes(head[5:9])
        if not FILE_HEADER_SIZE <= size <= MAX_FILE_HEADER_SIZE:
            raise FlvError(f"the file header claims {size} bytes")
        if len(self._buffer) < size:
            return False
        self._taken = size
        self._seen_header = True
        return True

    def _take_tag(self) -> Tag | None:
        start = self._taken + BACK_POINTER_SIZE
        head = self._buffer[start : start + TAG_HEADER_SIZE]
        if len(head) < TAG_HEADER_SIZE:
            return None
        size = int.from_bytes(head[1:4])
        if size > MAX_BODY_SIZE:
            raise FlvError(f"a tag claims {size} bytes, at most {MAX_BODY_SIZE} are allowed")
        body_start = start + TAG_HEADER_SIZE
        end = body_start + size
        if len(self._buffer) < end:
            return None
        kind = _tag_kind(head[0])
        # The fourth timestamp byte holds the *high* bits.
        timestamp = head[7] << 24 | int.from_bytes(head[4:7])
        body = bytes(self._buffer[body_start:end])
        self._taken = end
        return Tag(kind, timestamp, body)


def _tag_kind(value: int) -> TagKind:
    try:
        return TagKind(value)
    except ValueError as exc:
        raise FlvError(f"a tag of unknown type {value}") from exc


def file_header(*, has_audio: bool = True, has_video: bool = True) -> bytes:
    """Return the start of an FLV file, the first back pointer included.

    Players wait until everything that the header announces has arrived: announce only
    what the stream has.
    """
    flags = has_audio << 2 | has_video
    return b"FLV\x01" + bytes([flags]) + FILE_HEADER_SIZE.to_bytes(4) + bytes(4)


def encode_tag(tag: Tag) -> bytes:
    """Return the tag as bytes, followed by its back pointer.

    FLV has 32 bits for the time. A timeline beyond that goes on from zero.
    """
    size = len(tag.body)
    time = tag.timestamp & 0xFFFFFFFF
    head = (
        tag.kind << 80
        | size << 56
        | (time & 0xFFFFFF) << 32
        | (time >> 24) << 24  # then three bytes of stream id, always zero
    )
    return head.to_bytes(TAG_HEADER_SIZE) + tag.body + (size + TAG_HEADER_SIZE).to_bytes(4)
