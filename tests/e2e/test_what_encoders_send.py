"""Streams as encoders really send them, and what a browser makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.browsers import Browsers
from tests.e2e.live import open_room, video, wait_for_face, wait_for_pictures, wait_for_video
from tests.servers.clips import Clip
from tests.servers.publisher import publisher, publishing
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "clip",
    [
        pytest.param(Clip(audio=None), id="no sound"),
        pytest.param(Clip(gop_seconds=10), id="a keyframe every 10 s"),
        pytest.param(Clip(extra=("-bf", "2")), id="B-frames"),
        pytest.param(Clip(fps=60, size="854x480"), id="60 frames a second"),
    ],
)
def test_it_plays(browsers: Browsers, site: Site, tmp_path: Path, clip: Clip) -> None:
    room = open_room(site)
    with publishing(room.publish_url, tmp_path / "log", clip=clip):
        room.wait_until("live")

        viewer = browsers.open(room.path)

        wait_for_pictures(viewer)
        wait_for_face(viewer, "live")


def test_a_late_joiner_does_not_wait_for_the_next_keyframe(
    browsers: Browsers, site: Site, tmp_path: Path
) -> None:
    room = open_room(site)
    with publishing(room.publish_url, tmp_path / "log", clip=Clip(gop_seconds=10)):
        early = browsers.open(room.path)
        wait_for_pictures(early, 60)

        late = browsers.open(room.path)
        wait_for_pictures(late, 1, timeout=5)


def test_another_picture_size_goes_on_without_a_reload(
    browsers: Browsers, site: Site, tmp_path: Path
) -> None:
    room = open_room(site)
    viewer = browsers.open(room.path)
    with publisher(room.publish_url, tmp_path / "small.log"):
        wait_for_pictures(viewer)
        assert video(viewer, "videoHeight") == 360

    with publisher(room.publish_url, tmp_path / "large.log", clip=Clip(size="1280x720")):
        wait_for_video(viewer, "videoHeight", value=720)
        wait_for_pictures(viewer)
