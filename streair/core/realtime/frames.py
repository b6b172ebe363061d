"""Frames: what comes in over a socket, taken apart and checked; what goes out, put together. No I/O."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from streair.core.errors import Invalid, StreAirError

MAX_FRAME_BYTES = 8 * 1024
_LARGEST_ID = 2**53  # What a JavaScript number holds exactly.
_LONGEST_CODE = 100
# A text frame's first byte: whole, and with RSV1 compressed.
_PLAIN_TEXT, _PACKED_TEXT = 0x81, 0xC1
_WORTH_PACKING = 100  # Bytes.
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class CloseSocket(Exception):
    """The socket must be closed, with this code of RFC 6455 or of ours (close_codes)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Command:
    """Something a page asks for: the envelope of DESIGN.md 4.2."""

    event: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Encoded:
    """JSON that was put together before, for a field of an answer: a room's history, say."""

    text: str


class Prepared:
    """Events for many sockets: put together once, the same object for each of them."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    @cached_property
    def wire(self) -> bytes:
        """The events as whole WebSocket frames. A server's are not masked: the same for everybody."""
        return b"".join(_wire_frame(_PLAIN_TEXT, text.encode()) for text in self.texts)

    @cached_property
    def packed(self) -> bytes:
        """The same for those who understand permessage-deflate: compressed once, for all of them."""
        return b"".join(_packed_frame(text.encode()) for text in self.texts)


class Private(Prepared):
    """Events for one socket: compressing them would cost more than it saves."""

    @property
    def packed(self) -> bytes:
        """The events as they are, which the extension allows for any message."""
        return self.wire


def read(text: str | None) -> object:
    """Return the JSON value in a frame's `text`; None stands for a binary frame.

    Raises CloseSocket when nobody who speaks our protocol could have sent it.
    """
    if text is None:
        raise CloseSocket(1003, "text frames only")
    if len(text) > MAX_FRAME_BYTES or len(text.encode(errors="surrogatepass")) > MAX_FRAME_BYTES:
        raise CloseSocket(1009, "frame too big")
    try:
        value: object = _load(text)
        if "\\u" in text:
            _refuse_broken_text(value)
    except (ValueError, RecursionError) as exc:
        raise CloseSocket(1007, "not JSON") from exc
    return value


def id_of(frame: object) -> int | None:
    """Return the id under which the sender waits for an answer, if there is a sound one."""
    found = frame.get("id") if isinstance(frame, dict) else None
    # A bool is an int to Python.
    return found if type(found) is int and abs(found) <= _LARGEST_ID else None


def command_of(frame: object) -> Command:
    """Return the command in `frame`, or raise Invalid."""
    if not isinstance(frame, dict):
        raise _bad_frame()
    event, data = frame.get("event"), frame.get("data", {})
    if not isinstance(event, str) or not event or not isinstance(data, dict | None):
        raise _bad_frame()
    if frame.get("id") is not None and id_of(frame) is None:
        raise _bad_frame()
    return Command(event=event[:_LONGEST_CODE], data=data or {})


def event(name: str, data: dict[str, Any]) -> str:
    """Return an event as the text that every socket of a room gets."""
    return _dump({"event": name, "data": data})


def ack(frame_id: int, data: dict[str, Any]) -> str:
    """Return the answer to a command that worked. Values of `data` may be Encoded."""
    ready = {name: value.text for name, value in data.items() if isinstance(value, Encoded)}
    plain = {name: value for name, value in data.items() if name not in ready}
    fields = [_dump(plain)[1:-1]] if plain else []
    fields += [f"{_dump(name)}:{text}" for name, text in ready.items()]
    return f'{{"event":"ack","id":{frame_id},"data":{{{",".join(fields)}}}}}'


def array(items: Sequence[str]) -> Encoded:
    """Return a JSON array of values that are JSON already."""
    return Encoded(f"[{','.join(items)}]")


def value(data: dict[str, Any]) -> str:
    """Return `data` as JSON, as it stands in an event."""
    return _dump(data)


def event_of(name: str, encoded: str) -> str:
    """Return an event whose data is JSON already."""
    return f'{{"event":{_dump(name)},"data":{encoded}}}'


def error(frame_id: int | None, refused: StreAirError) -> str:
    """Return the answer to a command that did not."""
    frame: dict[str, Any] = {"event": "error", "data": refused.as_dict()}
    if frame_id is not None:
        frame["id"] = frame_id
    return _dump(frame)


def _wire_frame(first: int, payload: bytes) -> bytes:
    """Return an unmasked, whole frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes([first, size])
    elif size < 1 << 16:
        head = bytes([first, 126]) + size.to_bytes(2)
    else:
        head = bytes([first, 127]) + size.to_bytes(8)
    return head + payload


def _packed_frame(payload: bytes) -> bytes:
    """Return a text frame that is compressed by itself (RFC 7692, 7.2.1), if that makes it smaller."""
    if len(payload) < _WORTH_PACKING:
        return _wire_frame(_PLAIN_TEXT, payload)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS, memLevel=5)
    packed = packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)
    packed = packed.removesuffix(b"\x00\x00\xff\xff")
    if len(packed) >= len(payload):
        return _wire_frame(_PLAIN_TEXT, payload)
    return _wire_frame(_PACKED_TEXT, packed)


def _bad_frame() -> Invalid:
    return Invalid(_("This message could not be understood."), code="bad-frame")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_load = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _refuse_broken_text(value: object) -> None:
    """Refuse what JSON escapes can smuggle in and no database stores: NUL and halves of a pair."""
    json.dumps(value, ensure_ascii=False).encode()  # Halves raise UnicodeEncodeError, a ValueError.
    if "\\u0000" in json.dumps(value):
        raise ValueError("NUL in a text")
