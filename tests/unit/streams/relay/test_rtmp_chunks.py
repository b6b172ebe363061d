"""RTMP's chunk layer: messages survive any cut, limits hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay.errors import RelayError, RtmpError
from streams.relay.rtmp_chunks import (
    EXTENDED,
    MAX_CHUNK_STREAMS,
    MAX_MESSAGE_SIZE,
    ChunkParser,
    Message,
    MessageType,
    encode_message,
)
from tests.unit.streams.relay.samples import cut

VIDEO = MessageType.VIDEO
messages = st.builds(
    Message,
    type_id=st.sampled_from([VIDEO, MessageType.AUDIO, MessageType.COMMAND]),
    timestamp=st.integers(0, 2**32 - 1) | st.sampled_from([EXTENDED - 1, EXTENDED, EXTENDED + 1]),
    stream_id=st.integers(0, 2**32 - 1),
    body=st.binary(max_size=600),
)


def head(
    chunk_format: int, time: int, *, size: int = 0, type_id: int = VIDEO, stream_id: int = 1
) -> bytes:
    """Return a chunk's header on chunk stream 5, without an extended timestamp."""
    fields = (
        time.to_bytes(3) + size.to_bytes(3) + bytes([type_id]) + stream_id.to_bytes(4, "little")
    )
    return bytes([chunk_format << 6 | 5]) + fields[: (11, 7, 3, 0)[chunk_format]]


def parse(data: bytes) -> list[Message]:
    return list(ChunkParser().feed(data))


@given(
    st.lists(st.tuples(messages, st.integers(2, 63)), max_size=6),
    st.lists(st.integers(1, 200), min_size=1, max_size=5),
)
def test_messages_do_not_depend_on_how_the_bytes_are_cut(
    items: list[tuple[Message, int]], sizes: list[int]
) -> None:
    data = b"".join(encode_message(item, chunk_stream_id=number) for item, number in items)
    parser = ChunkParser()

    parsed = [message for piece in cut(data, sizes) for message in parser.feed(piece)]

    assert parsed == [item for item, _ in items]


@given(st.binary(max_size=600))
def test_garbage_raises_nothing_but_relay_errors(garbage: bytes) -> None:
    try:
        parse(garbage)
    except RelayError:
        return


def test_later_chunks_leave_out_what_stays_the_same() -> None:
    data = (
        head(0, 1000, size=2) + b"aa"
        + head(1, 40, size=3) + b"bbb"
        + head(2, 20) + b"ccc"
        + head(3, 0) + b"ddd"
    )  # fmt: skip

    assert parse(data) == [
        Message(VIDEO, 1000, 1, b"aa"),
        Message(VIDEO, 1040, 1, b"bbb"),
        Message(VIDEO, 1060, 1, b"ccc"),
        Message(VIDEO, 1080, 1, b"ddd"),
    ]


def test_a_message_that_repeats_a_whole_header_is_at_the_same_time() -> None:
    data = head(0, 1000, size=1) + b"a" + head(3, 0) + b"b"

    assert [message.timestamp for message in parse(data)] == [1000, 1000]


@pytest.mark.parametrize("repeated", [True, False], ids=["repeated", "left out"])
def test_extended_timestamps_may_be_repeated_in_follow_up_chunks(repeated: bool) -> None:
    time = (2**24 + 5).to_bytes(4)
    data = head(0, EXTENDED, size=200) + time + b"x" * 128
    data += head(3, 0) + (time if repeated else b"") + b"y" * 72

    assert parse(data) == [Message(VIDEO, 2**24 + 5, 1, b"x" * 128 + b"y" * 72)]


def test_extended_deltas_add_up_and_wrap_at_32_bits() -> None:
    data = head(0, EXTENDED, size=1) + (2**32 - 10).to_bytes(4) + b"a" + head(2, 30) + b"b"

    assert [message.timestamp for message in parse(data)] == [2**32 - 10, 20]


def test_messages_on_several_chunk_streams_interleave() -> None:
    long, short = Message(VIDEO, 1, 1, b"v" * 200), Message(MessageType.AUDIO, 2, 1, b"a")
    chunks = encode_message(long, chunk_stream_id=5)
    first_chunk = 1 + 11 + 128

    parsed = parse(
        chunks[:first_chunk] + encode_message(short, chunk_stream_id=6) + chunks[first_chunk:]
    )

    assert parsed == [short, long]


@pytest.mark.parametrize(("basic", "number"), [(b"\x05", 5), (b"\0\x00", 64), (b"\1\x01\x01", 321)])
def test_all_three_forms_of_chunk_stream_ids(basic: bytes, number: int) -> None:
    parser = ChunkParser()

    (message,) = parser.feed(basic + head(0, 7, size=1)[1:] + b"x")

    assert message.body == b"x"
    assert list(parser._streams) == [number]


def test_the_chunk_size_changes_between_two_messages() -> None:
    change = Message(MessageType.SET_CHUNK_SIZE, 0, 0, (1000).to_bytes(4))
    large = Message(VIDEO, 0, 1, b"x" * 900)

    data = encode_message(change, chunk_stream_id=2)
    data += encode_message(large, chunk_stream_id=5, chunk_size=1000)

    assert parse(data) == [large]


def test_zero_length_messages_are_messages() -> None:
    assert parse(head(0, 9, size=0) + head(0, 10, size=1) + b"x") == [
        Message(VIDEO, 9, 1, b""),
        Message(VIDEO, 10, 1, b"x"),
    ]


def test_an_aborted_message_never_arrives() -> None:
    begun = encode_message(Message(VIDEO, 0, 1, b"x" * 200), chunk_stream_id=5)[: 12 + 128]
    abort = Message(MessageType.ABORT, 0, 0, (5).to_bytes(4))
    whole = Message(VIDEO, 40, 1, b"y")

    data = begun + encode_message(abort, chunk_stream_id=2)
    data += encode_message(whole, chunk_stream_id=5)

    assert parse(data) == [whole]


@pytest.mark.parametrize("size", [0, 16 * 1024 * 1024, 0x80000001])
def test_absurd_chunk_sizes_are_refused(size: int) -> None:
    change = Message(MessageType.SET_CHUNK_SIZE, 0, 0, size.to_bytes(4))

    with pytest.raises(RtmpError, match="chunk size"):
        parse(encode_message(change, chunk_stream_id=2))


def test_a_message_that_claims_too_much_is_refused_before_it_arrives() -> None:
    with pytest.raises(RtmpError, match="claims"):
        parse(head(0, 0, size=MAX_MESSAGE_SIZE + 1))


def test_unfinished_messages_are_bounded_together() -> None:
    parser = ChunkParser()
    change = Message(MessageType.SET_CHUNK_SIZE, 0, 0, (6 * 1024 * 1024).to_bytes(4))
    list(parser.feed(encode_message(change, chunk_stream_id=2)))

    def begin(chunk_stream_id: int) -> None:
        fields = head(0, 0, size=MAX_MESSAGE_SIZE)[1:]
        list(parser.feed(bytes([chunk_stream_id]) + fields + bytes(6 * 1024 * 1024)))

    begin(10)
    begin(11)
    with pytest.raises(RtmpError, match="unfinished"):
        begin(12)


def test_chunk_streams_are_bounded() -> None:
    def empty_message(number: int) -> bytes:
        return b"\0" + bytes([number]) + head(0, 0)[1:]

    parser = ChunkParser()
    for number in range(MAX_CHUNK_STREAMS):
        list(parser.feed(empty_message(number)))

    with pytest.raises(RtmpError, match="chunk streams"):
        list(parser.feed(empty_message(MAX_CHUNK_STREAMS)))


def test_a_message_cannot_begin_inside_another() -> None:
    begun = encode_message(Message(VIDEO, 0, 1, b"x" * 200), chunk_stream_id=5)[: 12 + 128]

    with pytest.raises(RtmpError, match="inside"):
        parse(begun + head(0, 0, size=1) + b"x")


def test_a_chunk_cannot_continue_what_never_began() -> None:
    with pytest.raises(RtmpError, match="never began"):
        parse(head(3, 0))
