"""Somebody who watches a room without a browser, and keeps every byte."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from streams.flv_endpoint import PREFIX
from streams.relay.flv import (
    BACK_POINTER_SIZE,
    FILE_HEADER_SIZE,
    TAG_HEADER_SIZE,
    FlvParser,
    Tag,
    TagKind,
)
from tests.servers.process import wait_until
from tests.servers.site import Door, Site

_SILENCE_SECONDS = 60
# What the kernel may hold for a viewer who is slow; else it would be megabytes.
_SMALL_BUFFER = 8 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """What ffprobe makes of a viewer's bytes."""

    times: list[float]  # of the pictures, in seconds
    sizes: list[str]  # of the pictures, without repetitions
    sounds: int
    complaints: str


class Viewer:
    """Reads in a thread of its own from when the block begins; `slow`: a KB a second, for a start.

    `url`: from there, and not from the site itself.
    """

    def __init__(
        self,
        site: Site,
        room: str,
        *,
        slow: bool = False,
        headers: Mapping[str, str] | None = None,
        url: str = "",
        door: Door | None = None,
    ) -> None:
        self.status = 0
        self.tags: list[Tag] = []
        self.arrivals: list[float] = []
        self.started = time.monotonic()
        # "whole" when the server said that this was all; "cut" when it just stopped.
        self.ending = ""
        self._data = bytearray()
        self._parser = FlvParser()
        self._hurry = threading.Event()
        self._slow = slow
        self._headers = headers or {}
        parts = urlsplit(url or f"{site.url}{PREFIX}{room}.flv")
        self._path = f"{parts.path}?{parts.query}"
        host, port, tls = door or site.door
        if url:
            port = parts.port or port
        self.port = port
        self._socket = socket.socket()
        if slow:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        self._socket.settimeout(_SILENCE_SECONDS)
        try:
            self._socket.connect((host, port))
        except OSError:
            self._socket.close()
            raise
        if tls is not None:
            self._socket = tls.wrap_socket(self._socket, server_hostname=host)
        self._connection = http.client.HTTPConnection(host, port)
        self._connection.sock = self._socket
        self._thread = threading.Thread(target=self._read, name=f"viewer of {room}")

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    @property
    def is_watching(self) -> bool:
        """Whether the connection is still the first one, and open."""
        return self.status == 200 and not self.ending

    @property
    def pictures(self) -> list[Tag]:
        """The frames, without what only configures a decoder."""
        return [
            tag
            for tag in self.tags
            if tag.is_video and not tag.is_sequence_header and not tag.is_end_of_sequence
        ]

    @property
    def video_headers(self) -> list[Tag]:
        return [tag for tag in self.tags if tag.is_video and tag.is_sequence_header]

    def times(self, kind: TagKind = TagKind.VIDEO) -> list[int]:
        """Return the timestamps of one kind of media, as they came."""
        return [tag.timestamp for tag in self.tags if tag.kind is kind]

    def wait_until(
        self, is_so: Callable[[], object], *, timeout: float = 20, what: str = ""
    ) -> None:
        """Return once `is_so`; fail at the deadline, telling what there is."""
        try:
            wait_until(is_so, timeout=timeout, what=what)
        except AssertionError as exc:
            raise AssertionError(
                f"{exc}: {self.status}, {len(self.tags)} tags, {len(self.pictures)} pictures, "
                f"ending {self.ending!r}"
            ) from None

    def see(self, pictures: int, *, timeout: float = 40) -> None:
        """Return once so many more pictures have come."""
        self.have(len(self.pictures) + pictures, timeout=timeout)

    def have(self, pictures: int, *, timeout: float = 20) -> None:
        """Return once so many pictures have come in all."""
        self.wait_until(
            lambda: len(self.pictures) >= pictures, timeout=timeout, what=f"{pictures} pictures"
        )

    def end(self, *, timeout: float = 10) -> str:
        """Return how the stream ended, once it did."""
        self.wait_until(lambda: self.ending, timeout=timeout, what="the stream's end")
        return self.ending

    def hurry(self) -> None:
        """Be slow no longer."""
        self._hurry.set()

    def leave(self) -> None:
        """Hang up."""
        self.hurry()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the viewer does not leave"
        self._connection.close()
        self._socket.close()

    def recording(self) -> bytes:
        """Return what came, up to the end of the last whole tag."""
        tags = list(self.tags)
        whole = sum(BACK_POINTER_SIZE + TAG_HEADER_SIZE + len(tag.body) for tag in tags)
        return bytes(self._data[: FILE_HEADER_SIZE + whole + BACK_POINTER_SIZE])

    def decode(self, folder: Path) -> Decoded:
        """Have ffprobe decode everything that came."""
        path = folder / f"{id(self)}.flv"
        path.write_bytes(self.recording())
        return decode(path)

    def _read(self) -> None:
        try:
            self._connection.request("GET", self._path, headers=self._headers)
            with self._connection.getresponse() as response:
                self.status = response.status
                while data := response.read1(1024 if self._is_slow else 65536):
                    self._take(data)
                    if self._is_slow:
                        self._hurry.wait(1)
        except (http.client.HTTPException, OSError):
            self.ending = "cut"
        else:
            self.ending = "whole"

    @property
    def _is_slow(self) -> bool:
        return self._slow and not self._hurry.is_set()

    def _take(self, data: bytes) -> None:
        self._data += data
        if self.status == 200:
            for tag in self._parser.feed(data):
                self.tags.append(tag)
                self.arrivals.append(time.monotonic())


def decode(path: Path) -> Decoded:
    """Return what ffprobe finds in a file, decoding every frame."""
    entries = "frame=media_type,pts_time,width,height"
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    frames = json.loads(done.stdout or "{}").get("frames", [])
    # Some entries are about neither: they are the encoder's remarks.
    pictures = [frame for frame in frames if frame.get("media_type") == "video"]
    sizes = [f"{frame['width']}x{frame['height']}" for frame in pictures]
    return Decoded(
        times=[float(frame["pts_time"]) for frame in pictures],
        sizes=[size for last, size in zip(["", *sizes], sizes, strict=False) if size != last],
        sounds=sum(frame.get("media_type") == "audio" for frame in frames),
        complaints=done.stderr,
    )
