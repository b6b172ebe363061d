"""Pictures of streams, taken by the real ffmpeg from a real stream's bytes."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils.timezone import now
from PIL import Image, ImageChops, ImageStat

from rooms import services as rooms
from rooms.models import Room, RoomState, Visibility
from rooms.pictures import files_of
from streams.pictures import LONGEST_SECONDS, Photographer
from tests.factories import PublisherFactory
from tests.servers.clips import Clip, clip_file
from tests.servers.process import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

CLIP = Clip(size="320x240", seconds=2)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PICTURE_SECONDS = 90


def live_room(**fields: Any) -> Room:
    room: Room = PublisherFactory(keyframe=now()).room
    Room.objects.filter(pk=room.pk).update(state=RoomState.LIVE, live_since=now(), **fields)
    return Room.objects.get(pk=room.pk)


def photographer(source: str = "") -> Photographer:
    return Photographer(source=lambda _session, _node: source or str(clip_file(CLIP)))


def take_picture(room: Room) -> str:
    """Let a photographer work until `room` has a picture; return its name."""
    one = photographer()

    def is_done() -> bool:
        one.round(at=now())
        return Room.objects.get(pk=room.pk).picture != room.picture

    wait_until(is_done, timeout=60, what="a picture")
    one.stop()
    return Room.objects.get(pk=room.pk).picture


def finish(one: Photographer) -> None:
    """Let it work until nothing is under way."""

    def is_idle() -> bool:
        one.round(at=now())
        return not one.is_busy

    wait_until(is_idle, timeout=60, what="ffmpeg to give up")


def stored() -> set[str]:
    root = Path(default_storage.path(""))
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def sharpness(name: str) -> float:
    with default_storage.open(files_of(name)["560"]) as file:
        picture = Image.open(io.BytesIO(file.read())).convert("L")
    left, right = picture.crop((0, 0, 559, 315)), picture.crop((1, 0, 560, 315))
    return ImageStat.Stat(ImageChops.difference(left, right)).rms[0]


def test_a_live_room_gets_a_picture_in_both_sizes() -> None:
    room = live_room()

    name = take_picture(room)

    assert stored() == set(files_of(name).values())
    with default_storage.open(files_of(name)["1280"]) as file:
        picture = Image.open(io.BytesIO(file.read()))
        assert (picture.format, picture.size) == ("WEBP", (1280, 720))
        assert ImageStat.Stat(picture.convert("L")).stddev[0] > 20
    assert Room.objects.get().card_picture == f"/media/{name}-560.webp"


def test_a_room_for_adults_is_blurred() -> None:
    clear = take_picture(live_room())
    blurred = take_picture(live_room(is_mature=True))

    assert blurred.startswith("rooms/blurred/")
    assert sharpness(blurred) < sharpness(clear) / 3


def test_the_next_picture_replaces_the_last_and_is_not_due_at_once(settings: Any) -> None:
    room = live_room()
    first = take_picture(room)
    room.refresh_from_db()
    one = photographer()

    one.round(at=now())
    one.round(at=now())
    one.stop()
    assert Room.objects.get().pictured == room.pictured

    Room.objects.update(pictured=now() - timedelta(seconds=settings.PICTURE_SECONDS))
    second = take_picture(room)
    assert second != first
    assert stored() == set(files_of(second).values())


def test_what_gives_no_picture_leaves_the_last_good_one(tmp_path: Path) -> None:
    room = live_room(picture="rooms/ab/" + "c" * 32)
    broken = tmp_path / "broken.flv"
    broken.write_bytes(b"FLV\x01\x05\0\0\0\x09\0\0\0\0")
    one = photographer(str(broken))

    one.round(at=now())
    begun = Room.objects.get().pictured
    finish(one)

    assert begun is not None
    assert Room.objects.get().picture == room.picture


def test_a_stream_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    live_room()
    silent = tmp_path / "silent.flv"
    os.mkfifo(silent)
    time = 100.0
    one = Photographer(source=lambda _session, _node: str(silent), clock=lambda: time)

    one.round(at=now())
    time += LONGEST_SECONDS + 1
    finish(one)

    assert Room.objects.get().picture == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": Visibility.PASSWORD, "password": "x"},
        {"state": RoomState.RECONNECTING},
        {"state": RoomState.WAITING},
    ],
)
def test_nobody_takes_a_picture_of_what_is_locked_or_off_air(fields: dict[str, Any]) -> None:
    room = live_room()
    Room.objects.filter(pk=room.pk).update(**fields)
    one = photographer()

    one.round(at=now())

    assert not one.is_busy
    assert Room.objects.get().pictured is None


def test_none_are_taken_where_the_site_wants_none(settings: Any) -> None:
    settings.PICTURE_SECONDS = 0
    live_room()
    one = photographer()

    one.round(at=now())

    assert not one.is_busy


@pytest.mark.parametrize(
    "change", [{"is_mature": True}, {"visibility": "password", "password": "word"}]
)
def test_a_room_that_turns_private_or_mature_loses_its_picture_at_once(
    change: dict[str, Any],
) -> None:
    room = live_room()
    take_picture(room)

    rooms.change_room(room=room, **change)

    room = Room.objects.get()
    assert (room.picture, room.pictured, room.card_picture) == ("", None, "")
    assert stored() == set()


def test_a_picture_that_comes_too_late_is_not_kept() -> None:
    room = live_room()
    files = dict.fromkeys(files_of(""), b"picture")
    Room.objects.update(is_mature=True)

    assert not rooms.set_picture(room.pk, files, blurred=False)
    Room.objects.update(is_mature=False, state=RoomState.ENDED, ended_at=now())
    assert not rooms.set_picture(room.pk, files, blurred=False)

    assert (Room.objects.get().picture, stored()) == ("", set())


def test_rooms_that_ended_long_ago_and_people_who_left_take_their_pictures_along(
    settings: Any,
) -> None:
    old = live_room()
    take_picture(old)
    kept = live_room()
    take_picture(kept)
    ended = now() - timedelta(days=settings.PICTURE_DAYS)
    Room.objects.filter(pk=old.pk).update(state=RoomState.ENDED, ended_at=ended)

    assert rooms.forget_old_pictures(at=now()) == 1
    assert len(stored()) == 2

    rooms.forget_person(kept.owner)
    assert stored() == set()
