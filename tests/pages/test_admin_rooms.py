"""What keepers do to rooms, reports and categories."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry, User
from rooms.models import Category, EndReason, Room, RoomState
from rooms.services import report
from streair.core import administration
from streams import services
from streams.models import Publisher
from tests.api.world import picture
from tests.factories import PublisherFactory, RoomFactory, UserFactory
from tests.pages.keepers import REPORTS, ROOMS, act

pytestmark = pytest.mark.django_db


def test_a_stream_is_ended_for_a_reason(client: Client, keeper: User) -> None:
    publisher = PublisherFactory()
    room = publisher.room

    act(client, ROOMS, "end_stream", room, confirmed="yes", reason="Not ours to show")

    room.refresh_from_db()
    publisher.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (room.state, room.end_reason) == (RoomState.ENDED, EndReason.ADMIN)
    assert publisher.gone_reason == Publisher.GoneReason.ROOM_ENDED
    assert (entry.action, entry.reason) == ("room.ended", "Not ours to show")
    assert (entry.before, entry.after) == ({"state": "waiting"}, {"state": "ended"})


def test_a_crowd_is_not_changed_at_once(
    client: Client, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "MOST_AT_ONCE", 2)
    RoomFactory.create_batch(3)

    act(client, ROOMS, "end_stream", *Room.objects.all(), confirmed="yes", reason="All of them")

    assert Room.objects.open().count() == 3


def test_rooms_show_who_watches(client: Client, keeper: User) -> None:
    from rooms import viewer_board

    publisher = PublisherFactory()
    services.first_keyframe(session=publisher.session, at=publisher.admitted)
    viewer_board.post({publisher.room.room_id: 4711})

    page = client.get(f"{ROOMS}?now=live").content.decode()
    viewer_board.post({publisher.room.room_id: 0})

    assert "4711" in page or "4.711" in page


def test_rooms_are_shown_first_and_among_others(client: Client, keeper: User) -> None:
    room = RoomFactory()

    states = []
    for action in ("feature", "feature", "unfeature"):
        act(client, ROOMS, action, room, confirmed="yes")
        room.refresh_from_db()
        states.append(room.is_featured)

    assert states == [True, True, False]
    assert [entry.action for entry in AuditEntry.objects.all()] == ["room.featured"] * 2


def test_a_report_is_closed_once_with_a_note(client: Client, keeper: User) -> None:
    room = RoomFactory()
    row = report(reporter=UserFactory(), kind="room", target_id=room.room_id, reason="spam")

    for _ in range(2):
        act(client, REPORTS, "close", row, confirmed="yes", reason="Room was ended")

    row.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert row.handled is not None
    assert row.handled_by == keeper
    assert (entry.action, entry.reason) == ("report.closed", "Room was ended")
    assert client.get(f"{REPORTS}?dealt=yes").status_code == 200
    assert client.get(f"{REPORTS}{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("data", [b"<svg/>", b"GIF89a", picture()[:40]])
def test_a_cover_that_is_no_picture_is_refused(client: Client, keeper: User, data: bytes) -> None:
    form = {"slug": "cooking", "name_vi": "Nấu ăn", "name_en": "Cooking", "position": "0"}
    file = SimpleUploadedFile("cover.png", data, content_type="image/png")

    answer = client.post("/admin/rooms/category/add/", {**form, "cover": file})

    assert answer.status_code == 200
    assert not Category.objects.filter(slug="cooking").exists()


def test_a_cover_is_made_anew(client: Client, keeper: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    form = {"slug": "cooking", "name_vi": "Nấu ăn", "name_en": "Cooking", "position": "0"}
    file = SimpleUploadedFile("../x.png", picture(), content_type="image/png")

    client.post("/admin/rooms/category/add/", {**form, "cover": file})

    cover = Category.objects.get(slug="cooking").cover
    answer = client.get(cover.url)
    body = b"".join(answer)
    answer.close()
    with Image.open(io.BytesIO(body)) as made:
        assert (made.format, made.size) == ("WEBP", (600, 800))
