"""What viewers get, from a real encoder through nginx-rtmp and the relay, as ffprobe decodes it."""

from __future__ import annotations

import signal
from itertools import pairwise
from pathlib import Path

import pytest

from streams.relay.flv import TagKind
from tests.servers.clips import Clip
from tests.system.streamer import Streamer
from tests.system.viewer import Viewer

pytestmark = pytest.mark.system

FPS = 30


def is_in_order(viewer: Viewer) -> bool:
    """Whether no clock of the viewer's ever goes back."""
    kinds = (TagKind.AUDIO, TagKind.VIDEO)
    return all(before <= after for kind in kinds for before, after in pairwise(viewer.times(kind)))


def holes(viewer: Viewer) -> list[int]:
    """Return the steps in time, in milliseconds, that a browser would stumble over."""
    times = [picture.timestamp for picture in viewer.pictures]
    return [after - before for before, after in pairwise(times) if after - before > 200]


def test_two_viewers_decode_the_same_pictures_and_sound(streamer: Streamer, tmp_path: Path) -> None:
    streamer.publish()
    streamer.wait_for("live")

    with Viewer(streamer.site, streamer.room_id) as one:
        one.see(FPS)
        with Viewer(streamer.site, streamer.room_id) as two:
            two.see(3 * FPS)

            for viewer in (one, two):
                decoded = viewer.decode(tmp_path)
                assert decoded.complaints == ""
                assert len(decoded.times) == pytest.approx(len(viewer.pictures), abs=2 * FPS)
                assert len(decoded.times) >= 3 * FPS
                assert decoded.sizes == ["640x360"]
                assert decoded.sounds > 100
                assert is_in_order(viewer)
                assert holes(viewer) == []
            same = {(tag.timestamp, tag.body) for tag in two.pictures[: 2 * FPS]}
            assert same <= {(tag.timestamp, tag.body) for tag in one.pictures}


@pytest.mark.parametrize("gop_seconds", [2, 10])
def test_a_latecomer_has_a_picture_at_once_whatever_the_keyframe_interval(
    streamer: Streamer, gop_seconds: int
) -> None:
    streamer.publish(clip=Clip(gop_seconds=gop_seconds))
    streamer.wait_for("live")

    with Viewer(streamer.site, streamer.room_id) as first:
        # In the middle between two keyframes.
        first.see(gop_seconds * FPS + FPS // 2)
        first.wait_until(
            lambda: not any(tag.is_keyframe for tag in first.pictures[-FPS // 2 :]),
            what="a moment far from keyframes",
        )
        with Viewer(streamer.site, streamer.room_id) as late:
            late.see(1)

            begun = late.pictures[0]
            assert begun.is_keyframe
            assert late.tags[0].is_script
            assert late.video_headers[0].timestamp <= begun.timestamp
            seen = {tag.timestamp for tag in first.pictures}
            assert begun.timestamp in seen, "it is older than the joining"
            arrived = late.arrivals[late.tags.index(begun)]
            assert arrived - late.started < 1.5


def test_viewers_go_on_when_the_encoder_is_back_within_the_grace(
    streamer: Streamer, tmp_path: Path
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    with (
        Viewer(streamer.site, streamer.room_id) as one,
        Viewer(streamer.site, streamer.room_id) as two,
    ):
        one.see(FPS)
        two.see(FPS)
        encoder.kill()
        streamer.wait_for("reconnecting")
        before = [len(viewer.pictures) for viewer in (one, two)]

        streamer.publish()

        seen = streamer.wait_for("live")
        for viewer, count in zip((one, two), before, strict=True):
            viewer.see(2 * FPS)
            assert viewer.is_watching
            assert viewer.pictures[count].is_keyframe
            assert is_in_order(viewer)
            assert holes(viewer) == []
            decoded = viewer.decode(tmp_path)
            assert decoded.complaints == ""
            assert len(decoded.times) >= count + FPS
        assert [broadcast[3:] for broadcast in seen["broadcasts"]] == [[1, True]]


def test_an_encoder_that_is_back_with_another_picture_size_is_shown(
    streamer: Streamer, tmp_path: Path
) -> None:
    encoder = streamer.publish()
    streamer.wait_for("live")
    with Viewer(streamer.site, streamer.room_id) as viewer:
        viewer.see(FPS)
        assert len(viewer.video_headers) == 1
        encoder.kill()
        streamer.wait_for("reconnecting")

        streamer.publish(clip=Clip(size="854x480"))

        viewer.wait_until(lambda: len(viewer.video_headers) == 2, what="the new header")
        viewer.see(2 * FPS)
        assert viewer.is_watching
        decoded = viewer.decode(tmp_path)
        assert decoded.complaints == ""
        assert decoded.sizes == ["640x360", "854x480"]
        streamer.wait_until(lambda seen: seen["broadcasts"][0][1:3] == [854, 480])


def test_a_frozen_encoders_viewers_go_on_with_its_successor(
    streamer: Streamer, tmp_path: Path
) -> None:
    frozen = streamer.publish()
    streamer.wait_for("live")
    with Viewer(streamer.site, streamer.room_id) as viewer:
        viewer.see(FPS)
        frozen.signal(signal.SIGSTOP)

        streamer.publish()

        viewer.see(2 * FPS)
        assert is_in_order(viewer)
        assert viewer.decode(tmp_path).complaints == ""
