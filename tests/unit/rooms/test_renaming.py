"""Rooms are found by what their owner is called now."""

from __future__ import annotations

import pytest

from accounts.services import change_profile
from rooms.models import Room
from rooms.services import open_room
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_new_shown_name_is_found_and_the_old_one_is_not() -> None:
    owner = UserFactory(username="linh", display_name="Cá Voi")
    open_room(owner=owner, title="A quiet evening")

    change_profile(owner, display_name="Đại Bàng")

    (room,) = Room.objects.all()
    assert "dai bang" in room.search_key
    assert "ca voi" not in room.search_key
