"""Bytes made once and handed to every viewer."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from streams.relay.flv import Tag, encode_tag, file_header

LAST_CHUNK = b"0\r\n\r\n"


class Batch:
    """Some consecutive tags, as the bytes that viewers get.

    `chunk` is framed for HTTP/1.1 (one chunk of a chunked body); `body` is the same without
    the frame, made only when somebody needs it. Every viewer gets the same objects, and
    the GOP cache holds them, too: memory does not grow with the number of viewers.
    """

    def __init__(
        self, body: bytes, *, count: int, start: int, preamble: "Preamble | None" = None
    ) -> None:
        head = b"%x\r\n" % len(body)
        self.chunk = b"".join((head, body, b"\r\n"))
        self.size = len(body)
        self.count = count  # of tags
        self.start = start  # the first tag's time
        # What a decoder must know that begins here; None when none can.
        self.preamble = preamble
        self._body_start = len(head)

    @cached_property
    def body(self) -> bytes:
        return self.chunk[self._body_start : self._body_start + self.size]

    @classmethod
    def of(cls, tags: Sequence[Tag], preamble: "Preamble | None" = None) -> "Batch":
        """Return `tags`, at least one, encoded."""
        return cls(_encoded(tags), count=len(tags), start=tags[0].timestamp, preamble=preamble)


class Parcel:
    """Batches that go out to everybody in one write: what that takes is worked out once, not per viewer."""

    __slots__ = ("_bare", "batches", "file", "framed", "size")

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches
        self.size = sum(batch.size for batch in batches)
        # As one object: a single write is much cheaper than two.
        self.framed = joined([batch.chunk for batch in batches])
        self._bare: bytes | None = None
        self.file: int | None = None

    @contextmanager
    def in_memory_file(self) -> Iterator[None]:
        """Let `file` be a descriptor of a file in memory that holds `framed`.

        From there the kernel sends without copying: its buffers share the pages, and keep
        them until the last viewer has taken them, however soon the file is closed.
        """
        file = _memory_file(self.framed)
        if file is None:
            yield
            return
        try:
            self.file = file
            yield
        finally:
            self.file = None
            os.close(file)

    @property
    def bare(self) -> bytes:
        """The bytes without HTTP/1.1's framing; made only when somebody needs them."""
        if self._bare is None:
            self._bare = joined([batch.body for batch in self.batches])
        return self._bare


def _memory_file(data: bytes) -> int | None:
    """Return a descriptor of a file that holds `data`, or None where there is none to be had."""
    try:
        file = os.memfd_create("streair-parcel")
    except OSError:  # Too many are open: the bytes can be written as well.
        return None
    if os.pwrite(file, data, 0) == len(data):
        return file
    os.close(file)
    return None


def joined(pieces: Sequence[bytes]) -> bytes:
    """Return `pieces` as one; a single one as it is."""
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class Preamble:
    """What a decoder must know before the first frame: metadata and sequence headers.

    `opening` starts a file with them. `reminder` repeats them to a viewer who may have
    missed a change. `version` is equal as long as they are.
    """

    def __init__(
        self, tags: Sequence[Tag], *, version: int, has_audio: bool, has_video: bool
    ) -> None:
        self.version = version
        start = tags[0].timestamp if tags else 0
        # Metadata belongs to a file's beginning: ffmpeg takes it for subtitles at another time.
        first = [replace(tag, timestamp=0) if tag.is_script else tag for tag in tags]
        header = file_header(has_audio=has_audio, has_video=has_video)
        self.opening = Batch(header + _encoded(first), count=len(tags), start=start)
        self.reminder = Batch(_encoded(tags), count=len(tags), start=start)


def _encoded(tags: Iterable[Tag]) -> bytes:
    return b"".join(map(encode_tag, tags))
