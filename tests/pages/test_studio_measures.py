"""What the studio plots and hands out: for its streamer alone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from accounts.models import User
from rooms.models import AudienceMinute, EndReason, Room, RoomState
from streams import services
from streams.models import Measure
from tests.factories import BroadcastFactory, RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def watched(owner: User, *, is_over: bool = False) -> Room:
    """A room with everything to plot."""
    over = {"ended_at": now(), "end_reason": EndReason.OWNER} if is_over else {}
    state = RoomState.ENDED if is_over else RoomState.LIVE
    since = now() - timedelta(minutes=5)
    room = RoomFactory(owner=owner, state=state, live_since=since, title="An evening", **over)
    AudienceMinute.objects.create(
        room=room, minute=now().replace(second=0, microsecond=0), viewers=12
    )
    Measure.objects.create(room=room, at=now(), kbps=4541, fps=30)
    return room


def test_the_studio_draws_what_arrives_and_who_watches_and_says_it_in_numbers(
    studio: Client, ada: User
) -> None:
    room = watched(ada)

    page = studio.get("/en/studio/").content.decode()

    assert len(re.findall('<svg viewBox="0 0 600 120"', page)) == 3
    assert "Bitrate: between 4541 and 4541, 4541 at the end" in page
    assert "<td>4541</td>" in page
    assert "<td>12</td>" in page
    assert f'data-measures="/en/studio/rooms/{room.room_id}/measures/"' in page


def test_the_plots_come_alone_for_the_page_to_take_over(studio: Client, ada: User) -> None:
    room = watched(ada)

    answer = studio.get(f"/en/studio/rooms/{room.room_id}/measures/")

    assert 'data-region="measures"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_past_stream_has_a_page(studio: Client, ada: User) -> None:
    room = watched(ada, is_over=True)
    BroadcastFactory(room=room, ended=now(), width=1920, height=1080, encoder="OBS")

    page = studio.get(f"/en/studio/past/{room.room_id}/").content.decode()

    assert "An evening" in page
    assert "1920×1080" in page
    assert "Viewers over time" in page
    assert f"/en/studio/past/{room.room_id}/" in studio.get("/en/studio/").content.decode()


def test_what_is_not_over_has_none_yet(studio: Client, ada: User) -> None:
    room = watched(ada)

    assert studio.get(f"/studio/past/{room.room_id}/")["Location"] == "/studio/"


@pytest.mark.parametrize("path", ["past/{}/", "rooms/{}/measures/"])
def test_somebody_elses_stream_is_nobodys_business(studio: Client, path: str) -> None:
    room = watched(UserFactory(), is_over=True)
    url = "/en/studio/" + path.format(room.room_id)

    assert studio.get(url).status_code == 404
    assert Client().get(url).status_code == 302


# --- The profile for OBS ---


def service_in(content: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("service.json"))
        found: dict[str, object] = json.loads(archive.read(name))["settings"]
        return found


@pytest.mark.parametrize("asked", [False, True])
def test_the_profile_has_the_key_only_when_its_owner_asks_for_it(
    studio: Client, ada: User, asked: bool
) -> None:
    form = {"quality": "720p30", **({"with_key": "on"} if asked else {})}

    answer = studio.post("/studio/obs-profile/", form)

    assert answer["Content-Type"] == "application/zip"
    named = r'attachment; filename="obs-ada-720p30-\d{4}-\d\d-\d\d-\d{6}\.zip"'
    assert re.fullmatch(named, answer["Content-Disposition"])
    assert "no-store" in answer["Cache-Control"]
    settings = service_in(answer.content)
    assert settings["server"] == "rtmp://testserver:1935/live"
    assert settings["key"] == (services.key_of(ada) if asked else "")


def test_nobody_gets_a_profile_by_a_link_or_unasked(studio: Client, client: Client) -> None:
    assert studio.get("/studio/obs-profile/?with_key=on").status_code == 302
    assert Client().post("/studio/obs-profile/", {"quality": "720p30"}).status_code == 302
    assert studio.post("/studio/obs-profile/", {"quality": "8k"}).status_code == 422


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (EndReason.OWNER, "You ended it."),
        (EndReason.IDLE, "Nothing was streamed for a long time."),
    ],
)
def test_a_streamer_is_told_why_it_ended(
    studio: Client, ada: User, reason: EndReason, said: str
) -> None:
    room = watched(ada, is_over=True)
    Room.objects.filter(pk=room.pk).update(end_reason=reason)

    for address in ("/en/studio/", f"/en/studio/past/{room.room_id}/"):
        assert said in studio.get(address).content.decode()
