"""A profile for OBS Studio: the files that its "Profile → Import" takes, in OBS's own formats."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """How large and how fine the picture is."""

    width: int
    height: int
    fps: int
    video_kbps: int

    @property
    def name(self) -> str:
        """The usual short name."""
        return f"{self.height}p {self.fps}"


QUALITIES = {
    "720p30": Quality(1280, 720, 30, 2500),
    "1080p30": Quality(1920, 1080, 30, 4500),
    "1080p60": Quality(1920, 1080, 60, 6000),
}
USUAL = "1080p30"

# Every OBS has x264; whoever has better hardware chooses it there. Values only: OBS fills in the rest.
_BASIC = """[General]
Name={name}

[Output]
Mode=Advanced
Reconnect=true
RetryDelay=2
MaxRetries=25

[AdvOut]
TrackIndex=1
Track1Bitrate=160
Encoder=obs_x264
ApplyServiceSettings=true

[Video]
BaseCX={quality.width}
BaseCY={quality.height}
OutputCX={quality.width}
OutputCY={quality.height}
FPSType=0
FPSCommon={quality.fps}
ScaleType=bicubic

[Audio]
SampleRate=48000
ChannelSetup=Stereo
"""


def profile(*, name: str, server: str, key: str, quality: Quality) -> bytes:
    """Return the zip of what OBS imports. `key` may be empty: then it is pasted later.

    There is no folder in it: Windows and macOS unpack it into one with the zip's name, and in a folder
    within a folder OBS would find nothing and say nothing. Nor does it say anything when it has a
    profile with that `name`, or from a folder called the same, already: both must be new each time.
    """
    encoder = {
        "rate_control": "CBR",
        "bitrate": quality.video_kbps,
        "keyint_sec": 2,
        "preset": "veryfast",
        "profile": "high",
        "bf": 0,
    }
    service = {
        "type": "rtmp_custom",
        "settings": {"server": server, "key": key, "use_auth": False},
    }
    files = {
        "basic.ini": _BASIC.format(name=" ".join(name.split()), quality=quality),
        "service.json": json.dumps(service, indent=4),
        "streamEncoder.json": json.dumps(encoder, indent=4),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return packed.getvalue()
