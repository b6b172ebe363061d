"""For how long somebody is kept from writing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from accounts.models import User
from chat import selectors, services
from chat.permissions import Bar
from rooms.models import Room
from streair.core.errors import Conflict, Invalid
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def bar_of(room: Room, user: User) -> Bar | None:
    return selectors.standings(room.owner_id, [user.pk])[user.pk].bar


@pytest.mark.parametrize("seconds", [0, -5, 15 * 24 * 3600])
def test_a_timeout_has_a_sensible_length(seconds: int) -> None:
    room = RoomFactory()

    with pytest.raises(Invalid):
        services.time_out(
            room=room, actor_id=room.owner.pk, user_id=UserFactory().pk, seconds=seconds
        )


@pytest.mark.parametrize("seconds", [None, 3600])
def test_a_timeout_does_not_shorten_a_ban(seconds: int | None) -> None:
    room, ada = RoomFactory(), UserFactory()
    who: dict[str, Any] = {"room": room, "actor_id": room.owner.pk, "user_id": ada.pk}
    banned = services.ban(seconds=seconds, **who)

    with pytest.raises(Conflict):
        services.time_out(seconds=10, **who)

    bar = bar_of(room, ada)
    assert bar is not None
    assert bar.until == banned.until


def test_a_timeout_replaces_another_and_outlasts_a_short_ban() -> None:
    room, ada = RoomFactory(), UserFactory()
    who: dict[str, Any] = {"room": room, "actor_id": room.owner.pk, "user_id": ada.pk}

    services.ban(seconds=60, **who)
    services.time_out(seconds=3600, **who)
    services.time_out(seconds=10, **who)

    bar = bar_of(room, ada)
    assert bar is not None
    assert bar.until is not None
    assert bar.until <= now() + timedelta(seconds=10)


@pytest.mark.parametrize("seconds", [0, -1, 10 * 365 * 24 * 3600 + 1, 2**53 - 1])
def test_a_ban_that_ends_has_a_sensible_length(seconds: int) -> None:
    room = RoomFactory()

    with pytest.raises(Invalid):
        services.ban(room=room, actor_id=room.owner.pk, user_id=UserFactory().pk, seconds=seconds)
