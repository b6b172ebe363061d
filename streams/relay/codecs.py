"""The codecs' names behind the numbers in FLV tags and metadata."""

from typing import Any

from streams.relay.flv import Tag

H264, HEVC, AV1, VP9 = "H.264", "HEVC", "AV1", "VP9"
AAC, MP3 = "AAC", "MP3"
PLAYABLE_VIDEO = {H264}
PLAYABLE_AUDIO = {AAC, MP3}

VIDEO_NAMES = {2: "H.263", 3: "Screen", 4: "VP6", 5: "VP6", 6: "Screen", 7: H264, 12: HEVC, 13: AV1}
AUDIO_NAMES = {2: MP3, 10: AAC, 11: "Speex", 13: "Opus", 14: MP3}
FOUR_CCS = {
    b"hvc1": HEVC,
    b"hev1": HEVC,
    b"av01": AV1,
    b"vp09": VP9,
    b"vp08": "VP8",
    b"avc1": H264,
    b"mp4a": AAC,
    b".mp3": MP3,
    b"Opus": "Opus",
    b"fLaC": "FLAC",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
}
# The audio codec id that says: a FourCC follows.
ENHANCED_AUDIO = 9
OTHER = "?"


def video_codec(tag: Tag) -> str:
    """Return the name of the codec in a video tag that is not empty."""
    if tag.is_enhanced:
        return FOUR_CCS.get(tag.body[1:5], OTHER)
    return VIDEO_NAMES.get(tag.codec_id or 0, OTHER)


def audio_codec(tag: Tag) -> str:
    """Return the name of the codec in an audio tag that is not empty."""
    if tag.codec_id == ENHANCED_AUDIO:
        return FOUR_CCS.get(tag.body[1:5], OTHER)
    return AUDIO_NAMES.get(tag.codec_id or 0, OTHER)


def announced_video_codec(value: Any) -> str:
    """Return the name that metadata's `videocodecid` stands for: a number, a FourCC or a name."""
    match value:
        case str():
            return FOUR_CCS.get(value.encode()[:4], "")
        case float() if 0 < value < 2**32:
            number = int(value)
            return VIDEO_NAMES.get(number) or FOUR_CCS.get(number.to_bytes(4), "")
        case _:
            return ""
