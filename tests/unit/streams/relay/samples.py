"""Tags as encoders make them, small enough to read in a test."""

from collections.abc import Iterator, Sequence

from streams.relay import amf
from streams.relay.flv import Tag, TagKind

# Parameter sets that x264 wrote, by what they say.
SPS_720P = bytes.fromhex(
    "6764001facd9405005bb0110000003001000000303c602000262580002625b928c01e30632c0"
)
SPS_320X180_BASELINE = bytes.fromhex("6742c00dd901419f9f0110000003001000000303c0f142a480")
SPS_854X480 = bytes.fromhex("6764001facd940d83de6f0110000030001000003003c0f183196")
SPS_1080P = bytes.fromhex("67640028acd940780227e5c044000003000400000300f03c60c658")
SPS_640X360_INTERLACED = bytes.fromhex("677a001fbcd940a063f1b808800001f48000ea600f8b16cb")
PPS = bytes.fromhex("68ebecb22c")
AAC_HEADER = bytes.fromhex("af001210")


def avc_header(sps: bytes = SPS_720P, *, timestamp: int = 0) -> Tag:
    """Return the tag that configures an H.264 decoder."""
    record = bytes([1, *sps[1:4], 0xFF, 0xE1]) + len(sps).to_bytes(2) + sps
    record += bytes([1]) + len(PPS).to_bytes(2) + PPS
    return Tag(TagKind.VIDEO, timestamp, b"\x17\0\0\0\0" + record)


def aac_header(timestamp: int = 0) -> Tag:
    return Tag(TagKind.AUDIO, timestamp, AAC_HEADER)


def keyframe(timestamp: int, size: int = 200) -> Tag:
    return Tag(TagKind.VIDEO, timestamp, b"\x17\x01\0\0\0" + bytes(size - 5))


def frame(timestamp: int, size: int = 100) -> Tag:
    return Tag(TagKind.VIDEO, timestamp, b"\x27\x01\0\0\0" + bytes(size - 5))


def audio(timestamp: int, size: int = 20) -> Tag:
    return Tag(TagKind.AUDIO, timestamp, b"\xaf\x01" + bytes(size - 2))


def metadata(timestamp: int = 0, **members: object) -> Tag:
    return Tag(TagKind.SCRIPT, timestamp, amf.encode("onMetaData", members))


def headers() -> list[Tag]:
    """Return what a publisher sends before the first frame."""
    announced = metadata(width=1280, height=720, videocodecid=7, audiocodecid=10, encoder="obs")
    return [announced, aac_header(), avc_header()]


def footage(
    seconds: float, *, start: int = 0, gop: float = 2.0, fps: int = 25, sound: bool = True
) -> Iterator[Tag]:
    """Yield frames with a keyframe every `gop` seconds, and sound between them."""
    per_gop = round(gop * fps)
    for number in range(round(seconds * fps)):
        timestamp = start + number * 1000 // fps
        yield keyframe(timestamp) if number % per_gop == 0 else frame(timestamp)
        if sound:
            yield audio(timestamp + 5)


def cut(data: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Yield `data` in pieces of `sizes`, over and over."""
    position = turn = 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        yield data[position : position + size]
        position, turn = position + size, turn + 1
