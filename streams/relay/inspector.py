"""What a stream is like, and what about it will not play: pure, told the time."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from streams.relay import amf
from streams.relay.clock import Clock
from streams.relay.codecs import (
    PLAYABLE_AUDIO,
    PLAYABLE_VIDEO,
    announced_video_codec,
    audio_codec,
    video_codec,
)
from streams.relay.errors import AmfError, SpsError
from streams.relay.flv import Tag
from streams.relay.sps import MAX_SIDE, VideoFormat, read_configuration

# What has not come by then is taken for missing; a stream that was joined in the middle
# may show its next keyframe, and with it any video, much later.
PATIENCE, PATIENCE_IN_THE_MIDDLE = 3.0, 12.0
MAX_KEYFRAME_INTERVAL = 10.0
# Rates are averages over so many reports, which are made about once a second.
SAMPLES = 6
MAX_ENCODER_LENGTH = 100
HEADER_SIZE = 5  # of a video tag, before the decoder's configuration


@dataclass(frozen=True, slots=True)
class Report:
    """What is known about a stream. Zero and "" mean: not known."""

    video_codec: str = ""
    audio_codec: str = ""
    profile: str = ""
    level: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    bitrate_kbps: int = 0
    keyframe_interval: float = 0.0
    encoder: str = ""
    has_keyframe: bool = False
    # Stable codes: long-keyframe-interval, no-audio, no-video, unsupported-audio, unsupported-video.
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sample:
    """The counters at a moment of the stream's own time, in milliseconds."""

    time: int
    bytes: int
    frames: int


class Inspector:
    """Looks at one publishing run's tags; `report` says what it has seen so far."""

    def __init__(self, clock: Clock, *, from_start: bool = True) -> None:
        self._clock = clock
        self._patience = PATIENCE if from_start else PATIENCE_IN_THE_MIDDLE
        self._since: float | None = None
        self._metadata: dict[str, Any] = {}
        self._format: VideoFormat | None = None
        self._video_codec = ""
        self._audio_codec = ""
        self._bytes = 0
        self._frames = 0
        self._newest = 0
        self._has_keyframe = False
        self._last_keyframe = 0  # its time; the first tag's until there was one
        self._interval = 0.0
        self._samples: deque[_Sample] = deque(maxlen=SAMPLES)

    def feed(self, tag: Tag) -> None:
        """Look at one tag."""
        if not tag.body:
            return
        if tag.is_script:
            self._read_metadata(tag)
            return
        if self._since is None:
            self._since = self._clock.now()
            self._last_keyframe = tag.timestamp
        self._bytes += len(tag.body)
        self._newest = max(self._newest, tag.timestamp)
        if tag.is_video:
            self._look_at_video(tag)
        elif not self._audio_codec:
            self._audio_codec = audio_codec(tag)

    def report(self) -> Report:
        """Say what is known. Call about once a second: rates are averages over calls."""
        self._samples.append(_Sample(self._newest, self._bytes, self._frames))
        first, last = self._samples[0], self._samples[-1]
        seconds = (last.time - first.time) / 1000
        shown = self._format
        return Report(
            video_codec=self._video_codec or self._announced_codec,
            audio_codec=self._audio_codec,
            profile=shown.profile if shown else "",
            level=shown.level if shown else "",
            width=shown.width if shown else _side(self._metadata.get("width")),
            height=shown.height if shown else _side(self._metadata.get("height")),
            # Coarse on purpose: a report that changes every second says nothing.
            fps=float(round((last.frames - first.frames) / seconds)) if seconds else 0.0,
            bitrate_kbps=round((last.bytes - first.bytes) / seconds / 6250) * 50 if seconds else 0,
            keyframe_interval=self._interval,
            encoder=_text(self._metadata.get("encoder")),
            has_keyframe=self._has_keyframe,
            problems=tuple(sorted(self._problems())),
        )

    @property
    def _announced_codec(self) -> str:
        return announced_video_codec(self._metadata.get("videocodecid"))

    def _look_at_video(self, tag: Tag) -> None:
        self._video_codec = self._video_codec or video_codec(tag)
        if tag.is_sequence_header:
            try:
                self._format = read_configuration(tag.body[HEADER_SIZE:])
            except SpsError:
                self._format = None
            return
        self._frames += not tag.is_end_of_sequence
        if tag.is_keyframe:
            if self._has_keyframe:
                self._interval = round((tag.timestamp - self._last_keyframe) / 1000, 1)
            self._has_keyframe = True
            self._last_keyframe = tag.timestamp

    def _read_metadata(self, tag: Tag) -> None:
        try:
            values = amf.decode(tag.body)
        except AmfError:
            return
        for value in values:
            if isinstance(value, dict):
                self._metadata = value

    def _problems(self) -> set[str]:
        if self._since is None:
            return set()
        waited = self._clock.now() - self._since
        codec = self._video_codec or self._announced_codec
        found = set()
        if codec and codec not in PLAYABLE_VIDEO:
            found.add("unsupported-video")
        elif not self._video_codec and waited >= self._patience:
            # The sidecar passes on nothing of a codec that it does not know.
            announced = codec or self._metadata.get("width")
            found.add("unsupported-video" if announced else "no-video")
        if self._audio_codec and self._audio_codec not in PLAYABLE_AUDIO:
            found.add("unsupported-audio")
        elif not self._audio_codec and waited >= PATIENCE:
            found.add("no-audio")
        if self._video_codec in PLAYABLE_VIDEO and self._is_keyframe_overdue():
            found.add("long-keyframe-interval")
        return found

    def _is_keyframe_overdue(self) -> bool:
        since_last = (self._newest - self._last_keyframe) / 1000
        return max(self._interval, since_last) > MAX_KEYFRAME_INTERVAL


def _side(value: Any) -> int:
    if not isinstance(value, float) or not 0 < value <= MAX_SIDE:
        return 0
    return int(value)


def _text(value: Any) -> str:
    """Return a publisher's text fit for a page: one line, printable, short."""
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, value))[:MAX_ENCODER_LENGTH].strip()
