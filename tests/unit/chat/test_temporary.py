"""Modes that hold for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from chat import selectors, services
from chat.models import Action, Chat, Deed
from chat.services import Modes
from rooms.models import Room
from streair.core.errors import Invalid
from tests.factories import RoomFactory
from tests.published import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return RoomFactory()


def change(room: Room, **modes: Any) -> Chat:
    return services.change_modes(room=room, actor_id=room.owner_id, modes=Modes(**modes))


def modes(room: Room) -> dict[str, Any]:
    return selectors.modes_of(Chat.objects.get(room=room))


def ending(room: Room) -> datetime:
    """Return when the first mode of the room ends."""
    until = Chat.objects.get(room=room).temporary_until
    assert until is not None
    return until


def test_followers_only_for_ten_minutes_is_over_after_ten_minutes(room: Room) -> None:
    change(room, slow_seconds=30)
    change(room, followers_only=True, followers_minutes=5, for_seconds=600)

    told = modes(room)["until"]
    assert set(told) == {"followersOnly", "followersMinutes"}
    assert services.end_temporary(at=ending(room) - timedelta(seconds=1)) == 0
    with published() as events:
        assert services.end_temporary(at=ending(room)) == 1

    assert modes(room) == {**selectors.modes_of(None), "slowSeconds": 30}
    assert [data["modes"] for _group, name, data in events if name == "room-updated"] == [
        modes(room)
    ]
    deed = Deed.objects.latest("pk")
    assert (deed.action, deed.actor) == (Action.CHANGED_MODES, None)
    assert services.end_temporary(at=now() + timedelta(days=2)) == 0


def test_each_mode_ends_in_its_own_time(room: Room) -> None:
    change(room, links_off=True, for_seconds=60)
    change(room, emoji_only=True, for_seconds=600)

    services.end_temporary(at=ending(room))

    assert (modes(room)["linksOff"], modes(room)["emojiOnly"]) == (False, True)
    services.end_temporary(at=ending(room))
    assert modes(room) == selectors.modes_of(None)


def test_what_is_set_again_stays_or_ends_later_and_goes_back_to_what_was_first(room: Room) -> None:
    change(room, slow_seconds=10)
    change(room, slow_seconds=30, for_seconds=60)
    change(room, slow_seconds=60, for_seconds=600)
    assert ending(room) > now() + timedelta(minutes=9)

    services.end_temporary(at=ending(room))
    assert modes(room)["slowSeconds"] == 10

    change(room, slow_seconds=30, for_seconds=60)
    change(room, slow_seconds=30)
    assert "until" not in modes(room)
    services.end_temporary(at=now() + timedelta(days=2))
    assert modes(room)["slowSeconds"] == 30


def test_what_was_set_for_a_while_and_taken_back_by_hand_is_over(room: Room) -> None:
    change(room, links_off=True, for_seconds=60)
    change(room, links_off=False, for_seconds=600)

    assert modes(room) == selectors.modes_of(None)


def test_panic_is_not_ended_by_what_ends_meanwhile(room: Room) -> None:
    change(room, slow_seconds=5, for_seconds=60)
    services.panic(room=room, actor_id=room.owner_id, is_on=True)

    services.end_temporary(at=ending(room))

    assert modes(room)["slowSeconds"] == 30
    services.panic(room=room, actor_id=room.owner_id, is_on=False)
    assert modes(room) == selectors.modes_of(None)


def test_what_panic_set_does_not_come_back_when_something_ends(room: Room) -> None:
    services.panic(room=room, actor_id=room.owner_id, is_on=True)
    change(room, slow_seconds=120, for_seconds=300)
    services.panic(room=room, actor_id=room.owner_id, is_on=False)
    assert modes(room)["slowSeconds"] == 120

    services.end_temporary(at=ending(room))

    assert modes(room) == selectors.modes_of(None)


def test_what_is_changed_during_panic_is_what_holds_after_it(room: Room) -> None:
    services.panic(room=room, actor_id=room.owner_id, is_on=True)
    change(room, emoji_only=True)
    services.panic(room=room, actor_id=room.owner_id, is_on=False)

    assert modes(room) == {**selectors.modes_of(None), "emojiOnly": True}


@pytest.mark.parametrize("seconds", [59, 24 * 3600 + 1, -1])
def test_for_a_while_is_between_a_minute_and_a_day(room: Room, seconds: int) -> None:
    with pytest.raises(Invalid) as refused:
        change(room, links_off=True, for_seconds=seconds)

    assert refused.value.code == "bad-duration"
