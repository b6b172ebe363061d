"""What encoders may send, and what the site makes of it: states, the studio's words, viewers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils.translation import override

from streams.problems import PROBLEMS
from streams.relay.flv import Tag, TagKind
from tests.servers.clips import Clip
from tests.servers.process import wait_until
from tests.servers.rtmp_publisher import RtmpPublisher, clip_tags, repeated
from tests.system.person import Person
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer
from tests.unit.streams.relay.samples import aac_header, audio, footage, headers, metadata

pytestmark = pytest.mark.system

FPS = 30


@pytest.fixture
def owner(streamer: Streamer) -> Iterator[Person]:
    """The streamer at the site's pages."""
    with Person(streamer.site) as person:
        person.sign_in(streamer.name)
        yield person


def wait_for_words(owner: Person, problem: str, *, timeout: float) -> None:
    """Return once the studio tells the problem, in words."""
    wait_until(
        lambda: problem in owner.problems(),
        timeout=timeout,
        what=f"the studio to tell {problem}",
        every=0.2,
    )
    with override("en"):
        assert str(PROBLEMS[problem]) in owner.studio()


def encoder(streamer: Streamer) -> RtmpPublisher:
    return RtmpPublisher(f"{streamer.site.rtmp_url}/{streamer.key}")


def test_sound_alone_is_heard_and_the_streamer_told(
    streamer: Streamer, owner: Person, tmp_path: Path
) -> None:
    streamer.publish(clip=Clip(video=None))
    streamer.wait_until(lambda seen: bool(seen["sessions"]))

    with Viewer(streamer.site, streamer.room_id) as viewer:
        # Three seconds of silence from the camera must have passed before anybody can know.
        wait_for_words(owner, "no-video", timeout=8)
        viewer.wait_until(lambda: len(viewer.times(TagKind.AUDIO)) > 100, what="sound")

        assert viewer.is_watching
        decoded = viewer.decode(tmp_path)
        assert (decoded.complaints, decoded.times) == ("", [])
        assert decoded.sounds > 90
        # Live is what has a picture.
        assert streamer.look()["state"] == "waiting"


def test_a_picture_alone_is_seen_and_the_streamer_told(
    streamer: Streamer, owner: Person, tmp_path: Path
) -> None:
    streamer.publish(clip=Clip(audio=None))
    streamer.wait_for("live")

    with Viewer(streamer.site, streamer.room_id) as viewer:
        wait_for_words(owner, "no-audio", timeout=8)
        viewer.see(2 * FPS)

        assert viewer.is_watching
        decoded = viewer.decode(tmp_path)
        assert (decoded.complaints, decoded.sounds) == ("", 0)
        assert len(decoded.times) >= 2 * FPS
        assert streamer.look()["state"] == "live"


# Enhanced RTMP: the high bit, a keyframe, and what follows is a FourCC; then 0 for a
# decoder's configuration, 1 for coded frames with a composition time, 3 without.
HEVC_HEADER = b"\x90hvc1" + b"\1\1\x60\0\0\0\x90\0\0\0\0\0\x5d\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f\0"
HEVC_KEYFRAME, HEVC_FRAME = b"\x93hvc1", b"\xa3hvc1"


def hevc(*, fourcc: bytes = b"hvc1") -> Iterator[Tag]:
    """Yield what OBS sends when it is set to HEVC (or, by `fourcc`, to AV1): with sound."""
    number = float(int.from_bytes(fourcc))
    yield metadata(width=1920, height=1080, videocodecid=number, audiocodecid=10, encoder="obs")
    yield aac_header()
    yield Tag(TagKind.VIDEO, 0, HEVC_HEADER.replace(b"hvc1", fourcc))
    for number in itertools.count():
        time, body = number * 40, HEVC_FRAME if number % 50 else HEVC_KEYFRAME
        yield Tag(TagKind.VIDEO, time, body.replace(b"hvc1", fourcc) + bytes(500))
        yield audio(time + 5)


@pytest.mark.parametrize("fourcc", [b"hvc1", b"av01"])
def test_a_codec_that_does_not_play_is_named_with_the_setting_to_change(
    streamer: Streamer, owner: Person, fourcc: bytes
) -> None:
    with encoder(streamer) as obs:
        obs.stream(hevc(fourcc=fourcc))
        streamer.wait_until(lambda seen: bool(seen["sessions"]))

        with Viewer(streamer.site, streamer.room_id) as viewer:
            wait_for_words(owner, "unsupported-video", timeout=5)

            assert streamer.look()["state"] == "waiting"
            assert viewer.is_watching
            assert viewer.pictures == []


def test_keyframes_too_far_apart_are_told(streamer: Streamer, owner: Person) -> None:
    with encoder(streamer) as obs:
        obs.send(*headers())
        # Eleven seconds of one group of pictures, in much less.
        obs.stream(footage(40, gop=100), speed=8)
        streamer.wait_for("live")

        with Viewer(streamer.site, streamer.room_id) as viewer:
            wait_for_words(owner, "long-keyframe-interval", timeout=6)

            assert viewer.is_watching
            assert streamer.look()["state"] == "live"


@pytest.mark.parametrize("limit", [2**24, 2**31, 2**32], ids=["2^24", "2^31", "2^32"])
def test_times_beyond_what_a_field_holds_change_nothing_for_viewers(
    streamer: Streamer, tmp_path: Path, limit: int
) -> None:
    with encoder(streamer) as obs:
        obs.stream(repeated(start=limit - 3000))
        streamer.wait_for("live")

        with Viewer(streamer.site, streamer.room_id) as viewer:
            # Past the limit, whenever in the three seconds before it the viewer came.
            viewer.see(5 * FPS)

            steps = [after - before for before, after in pairwise(viewer.times())]
            assert min(steps) >= 0
            assert max(steps) < 200
            assert viewer.pictures[-1].timestamp < 60_000
            decoded = viewer.decode(tmp_path)
            assert decoded.complaints == ""
            assert len(decoded.times) >= 5 * FPS
    assert streamer.wait_for("reconnecting")["broadcasts"][0][3] == 0


def with_nonsense() -> Iterator[Tag]:
    """Yield a stream with empty messages in it, and all headers again before every keyframe."""
    tags = clip_tags()
    repeats = [tag for tag in tags if tag.is_script or tag.is_sequence_header]
    for tag in repeated():
        if tag.is_keyframe:
            yield from (Tag(header.kind, tag.timestamp, header.body) for header in repeats)
        if not tag.is_script:
            yield Tag(TagKind.AUDIO, tag.timestamp, b"")
            yield Tag(TagKind.VIDEO, tag.timestamp, b"")
        yield tag


def test_empty_messages_and_repeated_headers_disturb_nobody(
    streamer: Streamer, tmp_path: Path
) -> None:
    with encoder(streamer) as obs:
        obs.stream(with_nonsense())
        streamer.wait_for("live")

        with Viewer(streamer.site, streamer.room_id) as viewer:
            viewer.see(5 * FPS)

            assert len([tag for tag in viewer.pictures if tag.is_keyframe]) >= 2
            assert len(viewer.video_headers) == 1
            assert all(tag.body for tag in viewer.tags)
            decoded = viewer.decode(tmp_path)
            assert decoded.complaints == ""
            assert len(decoded.times) >= 5 * FPS
            assert decoded.sounds > 100
        assert streamer.look()["problems"] == []


def test_an_encoder_that_says_nothing_is_not_live(streamer: Streamer) -> None:
    with encoder(streamer) as obs:
        obs.send(*headers())
        streamer.wait_until(lambda seen: bool(seen["sessions"]))

        with Viewer(streamer.site, streamer.room_id) as viewer:
            viewer.wait_until(lambda: viewer.status)
            assert viewer.status == 200
            assert streamer.look()["state"] == "waiting"
