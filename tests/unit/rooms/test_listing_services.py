"""What those who look at lists of rooms are told."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from rooms import services
from rooms.events import LIVE_LIST
from rooms.models import EndReason, Room, RoomState
from tests.factories import RoomFactory, UserFactory
from tests.published import Published, published

pytestmark = pytest.mark.django_db


def of_lists(events: Published) -> list[tuple[str, bool]]:
    """Return whose room is told of, and whether it is on air."""
    return [
        (data["username"], data["isLive"]) for group, _name, data in events if group == LIVE_LIST
    ]


def room_of_linh(**fields: object) -> Room:
    return RoomFactory(owner=UserFactory(username="linh"), **fields)


def live_room_of_linh(**fields: object) -> Room:
    return room_of_linh(state=RoomState.LIVE, live_since=now(), **fields)


def test_a_public_room_that_comes_and_goes_is_told_of() -> None:
    room = room_of_linh()

    with published() as events:
        services.go_live(room.pk)
        services.interrupt(room.pk)  # Lists show it all the same.
        services.fall_back_to_waiting(room.pk)
        services.go_live(room.pk)
        services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert of_lists(events) == [("linh", True), ("linh", False), ("linh", True), ("linh", False)]


@pytest.mark.parametrize("visibility", ["unlisted", "password"])
def test_nobody_is_told_of_a_room_that_is_not_public(visibility: str) -> None:
    password = {"password": "x"} if visibility == "password" else {}
    room = room_of_linh(visibility=visibility, **password)

    with published() as events:
        services.go_live(room.pk)
        services.change_room(room=room, title="Other")
        services.end_room(room=room, reason=EndReason.OWNER, block_encoder=False)

    assert of_lists(events) == []


def test_a_live_room_that_hides_is_gone_and_one_that_shows_itself_is_there() -> None:
    room = live_room_of_linh()

    with published() as events:
        services.change_room(room=room, visibility="unlisted")
        services.change_room(room=room, title="Still hidden")
        services.change_room(room=room, visibility="public")
        services.change_room(room=room, title="Another title")

    assert of_lists(events) == [("linh", False), ("linh", True), ("linh", True)]


def test_a_room_that_waits_is_in_no_list_whatever_it_is_called() -> None:
    room = room_of_linh()

    with published() as events:
        services.change_room(room=room, title="Soon")

    assert of_lists(events) == []
