"""Test pictures as FLV files, encoded once and kept."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEPT = Path(__file__).resolve().parent.parent.parent / ".pytest_cache" / "clips"


@dataclass(frozen=True, slots=True)
class Clip:
    """What a clip shows: H.264 + AAC unless said otherwise; None leaves that track out."""

    size: str = "640x360"
    fps: int = 30
    gop_seconds: float = 2
    seconds: float = 12  # At least; rounded up to whole GOPs, so that it loops on a keyframe.
    video: str | None = "libx264"
    audio: str | None = "aac"
    video_kbit: int = 800
    extra: tuple[str, ...] = ()  # More output options for ffmpeg.

    @property
    def length(self) -> float:
        return math.ceil(self.seconds / self.gop_seconds) * self.gop_seconds

    def ffmpeg_args(self) -> list[str]:
        """Return what makes it, without the output's name."""
        args = ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
        outputs: list[str] = []
        if self.video:
            args += ["-f", "lavfi", "-i", f"testsrc2=size={self.size}:rate={self.fps}"]
            gop = str(round(self.gop_seconds * self.fps))
            rate = f"{self.video_kbit}k"
            outputs += ["-c:v", self.video, "-pix_fmt", "yuv420p", "-g", gop, "-keyint_min", gop]
            outputs += ["-b:v", rate, "-maxrate", rate, "-bufsize", rate]
            if self.video == "libx264":
                outputs += ["-preset", "veryfast", "-bf", "0", "-sc_threshold", "0"]
        if self.audio:
            args += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
            outputs += ["-c:a", self.audio, "-b:a", "128k", "-ac", "2"]
        return [*args, *outputs, "-t", str(self.length), *self.extra, "-f", "flv"]


def clip_file(clip: Clip | None = None) -> Path:
    """Return the clip's FLV file, which is made on the first call ever."""
    args = (clip or Clip()).ffmpeg_args()
    path = _KEPT / f"{hashlib.sha256(repr(args).encode()).hexdigest()[:16]}.flv"
    if not path.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        # Another test process may be making the same: the last rename wins, both are whole.
        unfinished = path.with_suffix(f".{os.getpid()}")
        subprocess.run(["ffmpeg", *args, unfinished], check=True, timeout=120)
        unfinished.rename(path)
    return path
