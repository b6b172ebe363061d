"""The client half of RTMP play, from handshake to media, without I/O."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from streams.relay import amf
from streams.relay.errors import FlvError, RtmpError, UpstreamRefused
from streams.relay.flv import FlvParser, Tag, TagKind
from streams.relay.rtmp_chunks import ChunkParser, Message, MessageType, encode_message

VERSION = 3
HANDSHAKE_SIZE = 1536
DEFAULT_PORT = 1935
# Live only: never a recording of the same name. In milliseconds, as every player sends it.
LIVE = -1000

CONTROL_CHUNKS, COMMAND_CHUNKS, PLAY_CHUNKS = 2, 3, 8
CONNECT, CREATE_STREAM, PLAY = 1, 2, 3

STREAM_EOF, PING, PONG = 1, 6, 7
MEDIA_KINDS = {MessageType.AUDIO: TagKind.AUDIO, MessageType.VIDEO: TagKind.VIDEO}


class PlayEvent(Enum):
    """What the server says about the stream, beside the media."""

    ACCEPTED = auto()  # it will send the stream, now or once somebody publishes it
    PUBLISHED = auto()
    UNPUBLISHED = auto()


EVENTS = {
    "NetStream.Play.Start": PlayEvent.ACCEPTED,
    "NetStream.Play.PublishNotify": PlayEvent.PUBLISHED,
    "NetStream.Play.UnpublishNotify": PlayEvent.UNPUBLISHED,
    "NetStream.Play.Stop": PlayEvent.UNPUBLISHED,
    "NetStream.Play.Complete": PlayEvent.UNPUBLISHED,
}


@dataclass(frozen=True, slots=True)
class RtmpAddress:
    """Where a stream is: rtmp://host:port/app/name."""

    host: str
    port: int
    app: str
    name: str

    @classmethod
    def parse(cls, url: str) -> "RtmpAddress":
        """Split `url`; what follows the last slash is the stream's name."""
        parts = urlsplit(url)
        app, _, name = parts.path.strip("/").rpartition("/")
        if parts.scheme != "rtmp" or not parts.hostname or not app or not name:
            raise RtmpError("the address is not of the form rtmp://host/app/name")
        if parts.query:
            name += "?" + parts.query
        return cls(parts.hostname, parts.port or DEFAULT_PORT, app, name)

    @property
    def tc_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"rtmp://{host}:{self.port}/{self.app}"


class PlayClient:
    """Feed it what the server sends; send what it wants sent; take tags and events.

    After construction, and after each `feed`, `outgoing()` holds what must go to the server.
    """

    def __init__(self, address: RtmpAddress) -> None:
        self.has_asked_to_play = False
        self._address = address
        self._chunks = ChunkParser()
        self._outgoing = bytearray()
        self._handshake: bytearray | None = bytearray()
        self._echoed = False
        self._received = 0
        self._acknowledged = 0
        self._window = 0
        self._handlers: dict[int, Callable[[Message], Iterator[Tag | PlayEvent]]] = {
            MessageType.WINDOW_ACK_SIZE: self._on_window,
            MessageType.SET_PEER_BANDWIDTH: self._on_bandwidth,
            MessageType.USER_CONTROL: self._on_user_control,
            MessageType.AUDIO: self._on_media,
            MessageType.VIDEO: self._on_media,
            MessageType.DATA: self._on_data,
            MessageType.DATA_AMF3: self._on_data,
            MessageType.COMMAND: self._on_command,
            MessageType.COMMAND_AMF3: self._on_command,
            MessageType.AGGREGATE: self._on_aggregate,
        }
        # The simple handshake: the server echoes C1, whatever it holds.
        self._outgoing += bytes([VERSION]) + bytes(HANDSHAKE_SIZE)

    def outgoing(self) -> bytes:
        """Return, once, what is to be sent."""
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def feed(self, data: bytes) -> Iterator[Tag | PlayEvent]:
        """Take in what the server sent. Raises RtmpError, or UpstreamRefused when it says no."""
        if self._handshake is not None:
            self._handshake += data
            data = self._shake_hands(self._handshake)
        self._received += len(data)
        for message in self._chunks.feed(data):
            handler = self._handlers.get(message.type_id)
            if handler is not None:
                yield from handler(message)
        self._acknowledge()

    def _shake_hands(self, received: bytearray) -> bytes:
        """Answer S1 when it is here; return what follows S2 when that is here, too."""
        if received and received[0] != VERSION:
            raise RtmpError(f"the server speaks RTMP version {received[0]}")
        s1_end = 1 + HANDSHAKE_SIZE
        if len(received) >= s1_end and not self._echoed:
            # Some servers send S2 only after C2, so answer before it comes.
            self._outgoing += received[1:s1_end]
            self._echoed = True
        s2_end = s1_end + HANDSHAKE_SIZE
        if len(received) < s2_end:
            return b""
        self._handshake = None
        self._connect()
        return bytes(received[s2_end:])

    def _connect(self) -> None:
        self._command(
            "connect",
            CONNECT,
            {
                "app": self._address.app,
                "flashVer": "LNX 9,0,124,2",
                "tcUrl": self._address.tc_url,
                "fpad": False,
                "capabilities": 15,
                "audioCodecs": 4071,
                "videoCodecs": 252,
                "videoFunction": 1,
            },
        )

    def _on_command(self, message: Message) -> Iterator[Tag | PlayEvent]:
        # AMF3 commands are AMF0 after one byte that says so.
        amf3 = message.type_id == MessageType.COMMAND_AMF3
        values: list[Any] = amf.decode(message.body[amf3:])
        # A command is its name, a transaction's number, an object or null, and the details.
        name, transaction, _, details = [*values[:4], None, None, None, None][:4]
        match name, transaction:
            case "_result", 1.0:
                self._command("createStream", CREATE_STREAM, None)
            case "_result", 2.0:
                self._play(details)
            case "_error", 1.0 | 2.0 | 3.0:
                raise UpstreamRefused(f"the server refused: {_code(details)}")
            case "onStatus", _:
                yield from self._on_status(details)
            case "close", _:
                raise UpstreamRefused("the server closed the session")

    def _play(self, stream_id: Any) -> None:
        if not isinstance(stream_id, float) or not 0 <= stream_id < 2**32:
            raise RtmpError("the server created a stream without a number")
        self._command(
            "play",
            PLAY,
            None,
            self._address.name,
            LIVE,
            chunk_stream_id=PLAY_CHUNKS,
            stream_id=int(stream_id),
        )
        self.has_asked_to_play = True

    def _on_status(self, details: Any) -> Iterator[PlayEvent]:
        code = _code(details)
        if isinstance(details, dict) and details.get("level") == "error":
            raise UpstreamRefused(f"the server refused: {code}")
        if code in EVENTS:
            yield EVENTS[code]

    def _on_user_control(self, message: Message) -> Iterator[PlayEvent]:
        event = int.from_bytes(message.body[:2])
        if len(message.body) < 6:
            return
        if event == PING:
            self._control(MessageType.USER_CONTROL, PONG.to_bytes(2) + message.body[2:6])
        elif event == STREAM_EOF:
            yield PlayEvent.UNPUBLISHED

    def _on_window(self, message: Message) -> Iterator[PlayEvent]:
        self._window = int.from_bytes(message.body[:4])
        return iter(())

    def _on_bandwidth(self, message: Message) -> Iterator[PlayEvent]:
        if len(message.body) >= 4:
            self._control(MessageType.WINDOW_ACK_SIZE, message.body[:4])
        return iter(())

    def _on_media(self, message: Message) -> Iterator[Tag]:
        yield Tag(MEDIA_KINDS[MessageType(message.type_id)], message.timestamp, message.body)

    def _on_data(self, message: Message) -> Iterator[Tag]:
        body = message.body[message.type_id == MessageType.DATA_AMF3 :]
        yield Tag(TagKind.SCRIPT, message.timestamp, body)

    def _on_aggregate(self, message: Message) -> Iterator[Tag]:
        """Yield the FLV tags inside, moved so that the first is at the message's own time."""
        parser = FlvParser(headless=True)
        shift: int | None = None
        try:
            for tag in parser.feed(message.body):
                if shift is None:
                    shift = message.timestamp - tag.timestamp
                yield Tag(tag.kind, (tag.timestamp + shift) & 0xFFFFFFFF, tag.body)
        except FlvError as exc:
            raise RtmpError("an aggregate message holds something else than tags") from exc

    def _acknowledge(self) -> None:
        # At half the window, so that the server never has to stop and wait.
        if self._window and self._received - self._acknowledged >= self._window // 2:
            self._acknowledged = self._received
            count = self._received & 0xFFFFFFFF
            self._control(MessageType.ACKNOWLEDGEMENT, count.to_bytes(4))

    def _control(self, type_id: MessageType, body: bytes) -> None:
        message = Message(type_id, 0, 0, body)
        self._outgoing += encode_message(message, chunk_stream_id=CONTROL_CHUNKS)

    def _command(
        self,
        name: str,
        transaction: int,
        *arguments: Any,
        chunk_stream_id: int = COMMAND_CHUNKS,
        stream_id: int = 0,
    ) -> None:
        body = amf.encode(name, transaction, *arguments)
        message = Message(MessageType.COMMAND, 0, stream_id, body)
        self._outgoing += encode_message(message, chunk_stream_id=chunk_stream_id)


def _code(details: Any) -> str:
    """Return the status code in a command's information object, fit for a log line."""
    code = details.get("code") if isinstance(details, dict) else None
    return code[:80] if isinstance(code, str) and code.isprintable() else "no reason given"
