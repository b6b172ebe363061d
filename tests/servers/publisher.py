"""ffmpeg as the streamer's encoder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.servers.clips import Clip, clip_file
from tests.servers.process import Program


def publisher(url: str, log: Path, *, clip: Clip | None = None, loop: bool = True) -> Program:
    """Return a program, not started yet, that sends a clip to `url` in real time."""
    args = ["ffmpeg", "-hide_banner", "-loglevel", "warning", "-nostdin", "-re"]
    args += ["-stream_loop", "-1"] if loop else []
    args += ["-i", str(clip_file(clip)), "-c", "copy", "-f", "flv", url]
    return Program("publisher", args, log=log)


def live_publisher(url: str, log: Path, *, args: Sequence[str]) -> Program:
    """Return a program that encodes while it sends: `args` are ffmpeg's inputs and codecs."""
    begin = ["ffmpeg", "-hide_banner", "-loglevel", "warning", "-nostdin"]
    return Program("publisher", [*begin, *args, "-f", "flv", url], log=log)


@contextlib.contextmanager
def publishing(url: str, log: Path, *, clip: Clip | None = None) -> Iterator[Program]:
    """Publish while the block runs; may be killed, frozen and started again inside it."""
    with publisher(url, log, clip=clip) as program:
        yield program
