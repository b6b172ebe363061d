"""Pictures of what is on air: one ffmpeg for each, beside the worker's other jobs."""

from __future__ import annotations

import logging
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.timezone import now

from rooms import services as rooms
from rooms.pictures import SIZES
from streams import selectors
from streams.runtime import upstream_url

logger = logging.getLogger(__name__)

AT_A_TIME = 2
# The next keyframe may be ten seconds away, since the sidecar keeps none.
LONGEST_SECONDS = 20.0
# Whoever works at it does so for a while, then it is somebody's turn again.
WORK_SECONDS = 30.0
_GLANCE_SECONDS = 0.2
_MOST_BYTES = 2 * 1024 * 1024
# Streams come from strangers: no more pixels than 4K has, FLV and nothing that names other files.
_INPUT = "-rw_timeout 10000000 -analyzeduration 3000000 -probesize 2000000 -skip_frame nokey -max_pixels 9000000 -f flv"
_OUTPUT = "-frames:v 1 -c:v libwebp -quality 62 -compression_level 6 -map_metadata -1 -f webp"


@dataclass(frozen=True, slots=True)
class Subject:
    """A room to take a picture of, and where its stream is."""

    room_pk: int
    place: selectors.Place
    is_mature: bool


@dataclass(frozen=True, slots=True)
class _Shot:
    subject: Subject
    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    began: float


class Photographer:
    """Looks who is due at each `round`, which never waits; `work` does. `source` says where a stream is read."""

    def __init__(
        self,
        *,
        source: Callable[[str, str], str | None] = upstream_url,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._shots: list[_Shot] = []
        self._begun = 0

    def work(self) -> int:
        """Take pictures for a while, as long as somebody is due, and wait for them; return how many were begun."""
        began = self._clock()
        while True:
            self.round(at=now(), begin=self._clock() - began < WORK_SECONDS)
            if not self._shots:
                return self._begun
            time.sleep(_GLANCE_SECONDS)

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being taken."""
        return bool(self._shots)

    def round(self, *, at: datetime, begin: bool = True) -> None:
        """Take in what is ready, give up what takes too long, `begin` what is due."""
        for shot in list(self._shots):
            if shot.process.poll() is not None:
                self._shots.remove(shot)
                self._develop(shot)
            elif self._clock() - shot.began > LONGEST_SECONDS:
                shot.process.kill()
        if not begin or not settings.PICTURE_SECONDS:
            return
        before = at - timedelta(seconds=settings.PICTURE_SECONDS)
        busy = [shot.subject.room_pk for shot in self._shots]
        free = AT_A_TIME - len(busy)
        for due in selectors.due_for_a_picture(before=before, besides=busy, limit=free):
            self._begin(Subject(*due), at)

    def stop(self) -> None:
        """Give up whatever is under way."""
        for shot in self._shots:
            shot.process.kill()
            shot.process.wait()
            shot.folder.cleanup()
        self._shots.clear()

    def _begin(self, subject: Subject, at: datetime) -> None:
        rooms.picture_begun(subject.room_pk, at=at)
        source = self._source(*subject.place)
        if source is None:  # Its node is no more.
            return
        self._begun += 1
        folder = tempfile.TemporaryDirectory(prefix="streair-picture-")
        command = _command(source, folder.name, blurred=subject.is_mature)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._shots.append(_Shot(subject, process, folder, self._clock()))

    def _develop(self, shot: _Shot) -> None:
        """Hand over what was taken. Nothing was: the last good picture stays."""
        with shot.folder as folder:
            paths = {size: Path(folder, f"{size}.webp") for size in SIZES}
            if shot.process.returncode or not all(map(_is_usable, paths.values())):
                logger.info("There was no picture to take in room %d.", shot.subject.room_pk)
                return
            files = {size: path.read_bytes() for size, path in paths.items()}
        rooms.set_picture(shot.subject.room_pk, files, blurred=shot.subject.is_mature)


def _is_usable(path: Path) -> bool:
    return path.exists() and 0 < path.stat().st_size <= _MOST_BYTES


def _command(source: str, folder: str, *, blurred: bool) -> list[str]:
    """Return the ffmpeg that writes one picture in each size, cut from the middle."""
    cut = ["scale=1280:720:force_original_aspect_ratio=increase", "crop=1280:720"]
    if blurred:
        cut = ["scale=24:14", *cut]
    names = "".join(f"[{size}]" for size in SIZES)
    graph = f"[0:v:0]{','.join(cut)},split={len(SIZES)}{names}"
    outputs: list[str] = []
    for size, (width, height) in SIZES.items():
        graph += f";[{size}]scale={width}:{height}[out{size}]"
        outputs += ["-map", f"[out{size}]", *_OUTPUT.split(), f"{folder}/{size}.webp"]
    # It ends with whoever waits for it.
    begin = [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "--",
        "nice",
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-threads",
        "1",
    ]
    return [*begin, *_INPUT.split(), "-i", source, "-filter_complex", graph, *outputs]
