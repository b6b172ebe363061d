"""AMF0, the values in RTMP commands and FLV metadata: bytes to values and back, without I/O."""

import struct
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from streams.relay.errors import AmfError

MAX_DEPTH = 16
MAX_VALUES = 1024
MAX_STRING = 64 * 1024


class Marker(IntEnum):
    """The byte that says what kind of value follows."""

    NUMBER = 0x00
    BOOLEAN = 0x01
    STRING = 0x02
    OBJECT = 0x03
    NULL = 0x05
    UNDEFINED = 0x06
    ECMA_ARRAY = 0x08
    OBJECT_END = 0x09
    STRICT_ARRAY = 0x0A
    DATE = 0x0B
    LONG_STRING = 0x0C
    UNSUPPORTED = 0x0D
    XML_DOCUMENT = 0x0F
    TYPED_OBJECT = 0x10


def decode(data: bytes) -> list[Any]:
    """Return all values in `data`. Raises AmfError on anything malformed or oversized."""
    reader = _Reader(data)
    values = []
    while not reader.at_end:
        values.append(reader.value(depth=0))
    return values


def encode(*values: Any) -> bytes:
    """Return `values` (None, bool, int, float, str, mappings and sequences of them) as AMF0."""
    return b"".join(_encode(value, depth=0) for value in values)


class _Reader:
    """Reads values off `data`, never past its end, never more than the limits."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._left = MAX_VALUES

    @property
    def at_end(self) -> bool:
        return self._position >= len(self._data)

    def value(self, *, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise AmfError(f"values are nested more than {MAX_DEPTH} deep")
        self._left -= 1
        if self._left < 0:
            raise AmfError(f"more than {MAX_VALUES} values")
        return self._value_of(self._take(1)[0], depth)

    def _value_of(self, marker: int, depth: int) -> Any:
        match marker:
            case Marker.NUMBER:
                return struct.unpack(">d", self._take(8))[0]
            case Marker.BOOLEAN:
                return self._take(1) != b"\0"
            case Marker.STRING:
                return self._string(2)
            case Marker.NULL | Marker.UNDEFINED | Marker.UNSUPPORTED:
                return None
            case Marker.OBJECT:
                return self._members(depth)
            case _:
                return self._rarer_value_of(marker, depth)

    def _rarer_value_of(self, marker: int, depth: int) -> Any:
        match marker:
            case Marker.ECMA_ARRAY:
                self._take(4)  # The count is a hint that encoders get wrong; the end marker rules.
                return self._members(depth)
            case Marker.TYPED_OBJECT:
                self._string(2)  # The class name.
                return self._members(depth)
            case Marker.STRICT_ARRAY:
                return self._items(depth)
            case Marker.LONG_STRING | Marker.XML_DOCUMENT:
                return self._string(4)
            case Marker.DATE:
                # Milliseconds since 1970, and a time zone that the format says to ignore.
                return struct.unpack(">d2x", self._take(10))[0]
            case _:
                raise AmfError(f"unknown or unsupported marker {marker:#04x}")

    def _items(self, depth: int) -> list[Any]:
        count = int.from_bytes(self._take(4))
        if count > self._left:
            raise AmfError(f"an array claims {count} values")
        return [self.value(depth=depth + 1) for _ in range(count)]

    def _members(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while True:
            name = self._string(2)
            if not name and self._peek() == Marker.OBJECT_END:
                self._take(1)
                return members
            members[name] = self.value(depth=depth + 1)

    def _string(self, size_of_length: int) -> str:
        length = int.from_bytes(self._take(size_of_length))
        if length > MAX_STRING:
            raise AmfError(f"a string claims {length} bytes, at most {MAX_STRING} are allowed")
        return self._take(length).decode("utf-8", errors="replace")

    def _peek(self) -> int | None:
        return None if self.at_end else self._data[self._position]

    def _take(self, count: int) -> bytes:
        end = self._position + count
        if end > len(self._data):
            raise AmfError("a value is cut off")
        taken = self._data[self._position : end]
        self._position = end
        return taken


def _encode(value: Any, *, depth: int) -> bytes:
    if depth > MAX_DEPTH:
        raise AmfError(f"values are nested more than {MAX_DEPTH} deep")
    match value:
        case None:
            return bytes([Marker.NULL])
        case bool():
            return bytes([Marker.BOOLEAN, value])
        case int() | float():
            return struct.pack(">Bd", Marker.NUMBER, value)
        case str():
            return _encode_string(value)
        case Mapping():
            members = b"".join(
                _name(name) + _encode(member, depth=depth + 1) for name, member in value.items()
            )
            return bytes([Marker.OBJECT]) + members + bytes([0, 0, Marker.OBJECT_END])
        case Sequence():
            items = b"".join(_encode(item, depth=depth + 1) for item in value)
            return struct.pack(">BI", Marker.STRICT_ARRAY, len(value)) + items
        case _:
            raise AmfError(f"cannot encode a {type(value).__name__}")


def _encode_string(value: str) -> bytes:
    data = value.encode()
    if len(data) > MAX_STRING:
        raise AmfError(f"a string of {len(data)} bytes is too long")
    if len(data) > 0xFFFF:
        return struct.pack(">BI", Marker.LONG_STRING, len(data)) + data
    return struct.pack(">BH", Marker.STRING, len(data)) + data


def _name(value: str) -> bytes:
    data = value.encode()
    if len(data) > 0xFFFF:
        raise AmfError("a member's name is too long")
    return len(data).to_bytes(2) + data
