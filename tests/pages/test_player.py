"""What the server says about the player before its scripts run."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.timezone import now

from rooms.models import EndReason, Room, RoomState
from tests.factories import RoomFactory

pytestmark = pytest.mark.django_db


def drawn(room: Room) -> str:
    return Template("{% load streams %}{% player room %}").render(Context({"room": room}))


def attribute(html: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', html)
    assert found, name
    return found[1]


def faces_shown(html: str) -> list[str]:
    """Return the faces that are not hidden."""
    tags = re.findall(r"<div class=\"face\"[^>]*>", html)
    return [
        attribute(tag, "player-face") for tag in tags if "data-p" in tag and "hidden" not in tag
    ]


@pytest.mark.parametrize(
    ("fields", "face"),
    [
        ({"state": RoomState.WAITING}, "waiting"),
        ({"state": RoomState.LIVE}, "connecting"),
        ({"state": RoomState.RECONNECTING, "interrupted_since": now()}, "reconnecting"),
        ({"state": RoomState.ENDED, "ended_at": now(), "end_reason": EndReason.OWNER}, "ended"),
    ],
)
def test_the_first_face_fits_the_room(fields: dict[str, object], face: str) -> None:
    html = drawn(RoomFactory(**fields))

    assert attribute(html, "face") == face
    assert faces_shown(html) == [face]


def test_the_countdown_starts_from_when_the_encoder_left() -> None:
    left = now() - timedelta(seconds=30)

    html = drawn(RoomFactory(state=RoomState.RECONNECTING, interrupted_since=left))

    until = datetime.fromisoformat(attribute(html, "grace-until"))
    assert until == left + timedelta(seconds=settings.GRACE_SECONDS)


def test_a_room_on_air_has_the_library_fetched_early_a_waiting_one_has_not() -> None:
    preload = 'as="script"'

    assert preload in drawn(RoomFactory(state=RoomState.LIVE))
    assert preload not in drawn(RoomFactory())


def test_a_title_cannot_break_out() -> None:
    html = drawn(RoomFactory(title='"><script>alert(1)</script>'))

    assert "<script" not in html
