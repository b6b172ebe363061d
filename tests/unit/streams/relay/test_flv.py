"""FLV: what goes in as tags comes out as the same tags, and nothing else gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.errors import FlvError, RelayError
from streams.relay.flv import MAX_BODY_SIZE, FlvParser, Tag, TagKind, encode_tag, file_header
from tests.unit.streams.relay.samples import (
    audio,
    avc_header,
    cut,
    footage,
    frame,
    headers,
    keyframe,
)

tags = st.lists(
    st.builds(
        Tag,
        kind=st.sampled_from(TagKind),
        timestamp=st.integers(0, 2**32 - 1),
        body=st.binary(max_size=300),
    ),
    max_size=12,
)


def as_file(items: list[Tag]) -> bytes:
    return file_header() + b"".join(map(encode_tag, items))


@given(tags, st.lists(st.integers(1, 64), min_size=1, max_size=5))
def test_tags_do_not_depend_on_how_the_bytes_are_cut(items: list[Tag], sizes: list[int]) -> None:
    parser = FlvParser()

    parsed = [tag for piece in cut(as_file(items), sizes) for tag in parser.feed(piece)]

    assert parsed == items


@given(st.binary(max_size=400), st.booleans())
def test_garbage_is_refused_by_name_or_ignored(garbage: bytes, headless: bool) -> None:
    parser = FlvParser(headless=headless)
    try:
        list(parser.feed(garbage))
    except RelayError:
        return


@given(st.binary(max_size=200))
def test_garbage_after_a_good_start_is_refused_by_name_or_ignored(garbage: bytes) -> None:
    try:
        list(FlvParser().feed(as_file([keyframe(0)]) + garbage))
    except RelayError:
        return


@pytest.mark.parametrize("timestamp", [0, 2**24 - 1, 2**24, 2**24 + 1, 2**31, 2**32 - 1], ids=hex)
def test_timestamps_survive_past_24_bits(timestamp: int) -> None:
    (tag,) = FlvParser().feed(as_file([frame(timestamp)]))

    assert tag.timestamp == timestamp


def test_a_timeline_past_32_bits_goes_on_from_zero() -> None:
    (tag,) = FlvParser().feed(as_file([frame(2**32 + 7)]))

    assert tag.timestamp == 7


def test_zero_length_bodies_are_tags_and_no_keyframes() -> None:
    empty = [Tag(kind, 5, b"") for kind in TagKind]

    parsed = list(FlvParser().feed(as_file(empty)))

    assert parsed == empty
    assert not any(tag.is_keyframe or tag.is_sequence_header for tag in parsed)


def test_a_body_that_claims_too_much_is_refused_before_it_arrives() -> None:
    size = MAX_BODY_SIZE + 1
    head = bytes([TagKind.VIDEO]) + size.to_bytes(3) + bytes(7)

    with pytest.raises(FlvError, match="claims"):
        list(FlvParser().feed(file_header() + head))


def test_back_pointers_hold_the_size_of_the_tag_before() -> None:
    data = encode_tag(audio(0, size=20))

    assert int.from_bytes(data[-4:]) == len(data) - 4 == 31


def test_what_lies_between_header_and_first_tag_is_skipped() -> None:
    long_header = b"FLV\x01\x05" + (12).to_bytes(4) + b"abc" + bytes(4)

    assert list(FlvParser().feed(long_header + encode_tag(keyframe(0)))) == [keyframe(0)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1701000000ff", True),  # H.264, key
        ("2701000000ff", False),  # H.264, between
        ("1700000000ff", False),  # H.264, sequence header
        ("1702000000", False),  # H.264, end of sequence: flagged as a keyframe, and none
        ("12ff", True),  # Sorenson H.263
        ("9001", False),  # enhanced RTMP
        ("", False),
        ("17", False),
    ],
)
def test_keyframes_are_what_a_decoder_can_start_at(body: str, expected: bool) -> None:
    assert Tag(TagKind.VIDEO, 0, bytes.fromhex(body)).is_keyframe is expected


def test_kinds_of_headers_are_told_apart() -> None:
    _, aac, avc = headers()

    assert aac.is_sequence_header
    assert avc.is_sequence_header
    assert Tag(TagKind.VIDEO, 0, b"\x17\x02\0\0\0").is_end_of_sequence
    assert not audio(0).is_sequence_header
    # An MP3 frame whose second byte happens to be zero configures nothing.
    assert not Tag(TagKind.AUDIO, 0, b"\x2f\0").is_sequence_header


def test_enhanced_video_is_recognized_and_has_no_codec_id() -> None:
    hevc = Tag(TagKind.VIDEO, 0, b"\x90hvc1")

    assert hevc.is_enhanced
    assert hevc.codec_id is None
    assert not avc_header().is_enhanced


@pytest.mark.parametrize(
    ("has_audio", "has_video", "flags"), [(True, True, 5), (True, False, 4), (False, True, 1)]
)
def test_the_file_header_announces_what_the_stream_has(
    has_audio: bool, has_video: bool, flags: int
) -> None:
    assert file_header(has_audio=has_audio, has_video=has_video)[4] == flags


def test_parsing_a_long_stream_keeps_nothing_of_it() -> None:
    parser = FlvParser()

    count = sum(1 for _ in parser.feed(as_file(list(footage(20)))))

    assert count == 1000
    assert len(parser._buffer) == 4
