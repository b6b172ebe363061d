"""The client half of RTMP play, against a server's half written out by hand."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.relay import amf
from streams.relay.errors import RelayError, RtmpError, UpstreamRefused
from streams.relay.flv import Tag, TagKind, encode_tag
from streams.relay.rtmp import HANDSHAKE_SIZE, PlayClient, PlayEvent, RtmpAddress
from streams.relay.rtmp_chunks import ChunkParser, Message, MessageType, encode_message
from tests.unit.streams.relay.samples import aac_header, audio, cut, frame, keyframe, metadata

ADDRESS = RtmpAddress("media", 1935, "live", "room-1")
S0_S1_S2 = b"\3" + bytes(range(256)) * 6 + bytes(HANDSHAKE_SIZE)


def sent(message_type: int, body: bytes, *, timestamp: int = 0) -> bytes:
    return encode_message(Message(message_type, timestamp, 1, body), chunk_stream_id=6)


def command(*values: object) -> bytes:
    return sent(MessageType.COMMAND, amf.encode(*values))


def status(code: str, level: str = "status") -> bytes:
    return command("onStatus", 0, None, {"level": level, "code": code})


def media(tag: Tag) -> bytes:
    kinds = {TagKind.SCRIPT: MessageType.DATA}
    return sent(kinds.get(tag.kind, MessageType(tag.kind)), tag.body, timestamp=tag.timestamp)


OPENING = (
    command("_result", 1, {"fmsVer": "x"}, {"code": "NetConnection.Connect.Success"})
    + command("_result", 2, None, 1)
    + status("NetStream.Play.Start")
)


class Server:
    """The other side of a PlayClient: what it got, as messages."""

    def __init__(self) -> None:
        self.client = PlayClient(ADDRESS)
        self.received = b""
        self.pull()

    def pull(self) -> None:
        self.received += self.client.outgoing()

    def send(self, data: bytes) -> list[Tag | PlayEvent]:
        got = list(self.client.feed(data))
        self.pull()
        return got

    def messages(self) -> Iterator[Message]:
        yield from ChunkParser().feed(self.received[1 + 2 * HANDSHAKE_SIZE :])

    def commands(self) -> list[list[object]]:
        return [
            amf.decode(message.body)
            for message in self.messages()
            if message.type_id == MessageType.COMMAND
        ]


def playing() -> Server:
    server = Server()
    server.send(S0_S1_S2 + OPENING)
    return server


def test_handshake_echoes_whatever_the_server_sent() -> None:
    server = Server()

    server.send(S0_S1_S2[: 1 + HANDSHAKE_SIZE])

    assert server.received[0] == 3
    assert server.received[1 + HANDSHAKE_SIZE :] == S0_S1_S2[1 : 1 + HANDSHAKE_SIZE]


def test_play_is_asked_for_step_by_step() -> None:
    server = playing()

    connect, create_stream, play = server.commands()

    assert connect[:2] == ["connect", 1]
    assert isinstance(connect[2], dict)
    assert connect[2]["app"] == "live"
    assert connect[2]["tcUrl"] == "rtmp://media:1935/live"
    assert create_stream == ["createStream", 2, None]
    assert play == ["play", 3, None, "room-1", -1000]


def test_play_goes_to_the_stream_that_the_server_created() -> None:
    server = Server()
    server.send(S0_S1_S2 + command("_result", 1, None, None) + command("_result", 2, None, 7))

    *_, play = server.messages()

    assert play.stream_id == 7


def test_media_arrives_as_tags_whatever_the_cut() -> None:
    tags = [metadata(width=1), aac_header(), keyframe(0, size=5000), audio(3), frame(2**24 + 40)]
    data = S0_S1_S2 + OPENING + b"".join(map(media, tags))

    for sizes in ([1], [7, 4096], [1500], [len(data)]):
        client = PlayClient(ADDRESS)
        got = [item for piece in cut(data, sizes) for item in client.feed(piece)]
        assert got == [PlayEvent.ACCEPTED, *tags]


def test_publishers_coming_and_going_are_events() -> None:
    server = playing()

    assert server.send(status("NetStream.Play.PublishNotify")) == [PlayEvent.PUBLISHED]
    assert server.send(status("NetStream.Play.UnpublishNotify")) == [PlayEvent.UNPUBLISHED]
    assert server.send(status("NetStream.Play.Reset")) == []
    assert server.send(sent(MessageType.USER_CONTROL, b"\0\1\0\0\0\1")) == [PlayEvent.UNPUBLISHED]


@pytest.mark.parametrize(
    "answer",
    [
        command("_error", 1, None, {"code": "NetConnection.Connect.Rejected"}),
        command("_result", 1, None, None) + command("_error", 2, None, None),
        OPENING + status("NetStream.Play.StreamNotFound", level="error"),
        command("close"),
    ],
)
def test_a_refusal_is_told_apart_from_a_broken_server(answer: bytes) -> None:
    server = Server()

    with pytest.raises(UpstreamRefused):
        server.send(S0_S1_S2 + answer)


def test_pings_are_answered() -> None:
    server = playing()

    server.send(sent(MessageType.USER_CONTROL, b"\0\6\1\2\3\4"))

    *_, pong = server.messages()
    assert (pong.type_id, pong.body) == (MessageType.USER_CONTROL, b"\0\7\1\2\3\4")


def test_received_bytes_are_acknowledged_before_the_window_is_full() -> None:
    server = playing()
    server.send(sent(MessageType.WINDOW_ACK_SIZE, (10_000).to_bytes(4)))
    before = list(server.messages())

    server.send(media(keyframe(0, size=4000)))
    assert list(server.messages()) == before

    server.send(media(frame(40, size=4000)))
    *_, acknowledgement = server.messages()
    assert acknowledgement.type_id == MessageType.ACKNOWLEDGEMENT
    assert int.from_bytes(acknowledgement.body) == server.client._received


def test_a_bandwidth_limit_is_answered_with_a_window() -> None:
    server = playing()

    server.send(sent(MessageType.SET_PEER_BANDWIDTH, (5_000_000).to_bytes(4) + b"\2"))

    *_, window = server.messages()
    assert window.type_id == MessageType.WINDOW_ACK_SIZE
    assert int.from_bytes(window.body) == 5_000_000


def test_aggregates_are_unpacked_at_their_own_time() -> None:
    server = playing()
    body = encode_tag(keyframe(500)) + encode_tag(audio(505))

    got = server.send(sent(MessageType.AGGREGATE, body, timestamp=2**32 - 3))

    assert got == [keyframe(2**32 - 3), audio(2)]


def test_amf3_envelopes_are_opened() -> None:
    server = playing()
    data = b"\0" + metadata().body
    note = b"\0" + amf.encode("onStatus", 0, None, {"code": "NetStream.Play.PublishNotify"})

    assert server.send(sent(MessageType.DATA_AMF3, data)) == [metadata()]
    assert server.send(sent(MessageType.COMMAND_AMF3, note)) == [PlayEvent.PUBLISHED]


def test_another_version_of_rtmp_is_refused() -> None:
    with pytest.raises(RtmpError, match="version 6"):
        Server().send(b"\6")


def test_a_stream_without_a_number_is_refused() -> None:
    with pytest.raises(RtmpError, match="without a number"):
        Server().send(S0_S1_S2 + command("_result", 2, None, float("nan")))


@given(st.binary(max_size=600))
def test_garbage_after_the_handshake_raises_nothing_but_relay_errors(garbage: bytes) -> None:
    try:
        playing().send(garbage)
    except RelayError:
        return


@given(st.sampled_from(MessageType), st.binary(max_size=200))
def test_garbage_in_any_message_raises_nothing_but_relay_errors(kind: int, body: bytes) -> None:
    try:
        playing().send(sent(kind, body))
    except RelayError:
        return


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("rtmp://h/live/key", RtmpAddress("h", 1935, "live", "key")),
        ("rtmp://h:1936/live/a/key?x=1", RtmpAddress("h", 1936, "live/a", "key?x=1")),
        ("rtmp://[::1]:1936/live/key", RtmpAddress("::1", 1936, "live", "key")),
    ],
)
def test_addresses_are_split_at_the_last_slash(url: str, expected: RtmpAddress) -> None:
    assert RtmpAddress.parse(url) == expected


def test_ipv6_hosts_keep_their_brackets() -> None:
    assert RtmpAddress("::1", 1936, "live", "key").tc_url == "rtmp://[::1]:1936/live"


@pytest.mark.parametrize("url", ["http://h/live/key", "rtmp://h/key", "rtmp:///live/key", "x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(RtmpError):
        RtmpAddress.parse(url)
