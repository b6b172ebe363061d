"""Says things about FLV over HTTP to the load generator, right and wrong, byte for byte."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from tests.load import tools

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nTransfer-Encoding: chunked\r\n\r\n"
FILE_HEADER = b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4)
MARK = b"\x06\x05\x28streair-bench-01"


def tag(kind: int, time_ms: int, body: bytes, *, previous_size: int | None = None) -> bytes:
    """Return an FLV tag with the size that follows it, right unless given."""
    header = struct.pack(">I", kind << 24 | len(body)) + struct.pack(">I", time_ms)[1:]
    header += bytes([time_ms >> 24]) + bytes(3)
    size = 11 + len(body) if previous_size is None else previous_size
    return header + body + struct.pack(">I", size)


def frame(number: int, time_ms: int, *, keyframe: bool = False, delimiter: bool = False) -> bytes:
    """Return a video tag as rtmppub stamps it, now."""
    stamp = MARK + f"{time.time_ns():016x}{number:08x}".encode() + b"\x80"
    units = [b"\x09\xf0"] if delimiter else []
    units += [stamp, b"\x65" + bytes(3000)]
    body = bytes([0x17 if keyframe else 0x27, 1, 0, 0, 0])
    return tag(9, time_ms, body + b"".join(struct.pack(">I", len(unit)) + unit for unit in units))


def audio(time_ms: int, body: bytes = b"\xaf\x01sound") -> bytes:
    return tag(8, time_ms, body)


def chunked(data: bytes, size: int) -> bytes:
    """Return the data in HTTP chunks of `size` bytes."""
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


class FlvSource:
    """Answers one viewer with prepared bytes when told to, then keeps quiet or closes."""

    def __init__(self, answer: Iterable[bytes], *, closes: bool = False) -> None:
        self._answer = answer
        self._closes = closes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.may_answer = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/live.flv"

    def _serve(self) -> None:
        viewer, _ = self._listener.accept()
        with viewer:
            viewer.recv(4096)
            self.may_answer.wait(30)
            for piece in self._answer:
                viewer.sendall(piece)
            if not self._closes:
                self._over.wait(30)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._over.set()
        self.may_answer.set()
        self._thread.join(5)
        self._listener.close()


def watched(answer: Iterable[bytes], *, closes: bool = False) -> dict[str, Any]:
    """Return what flvload tells of one viewer who gets this answer."""
    with FlvSource(answer, closes=closes) as source:
        args = ("-n", "1", "-r", "1000", "-w", "0", "-d", "0.25", source.url)
        with tools.running("flvload", *args, seconds=10) as load:
            load.expect("open")
            source.may_answer.set()
            load.expect("close")
            return load.result()
