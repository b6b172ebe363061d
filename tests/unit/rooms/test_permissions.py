"""Who may do what to a room."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from rooms.permissions import can_edit, can_end, is_owner
from tests.factories import RoomFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_owner_may_edit_and_end() -> None:
    room = RoomFactory()

    assert is_owner(room.owner, room)
    assert can_edit(room.owner, room)
    assert can_end(room.owner, room)


@pytest.mark.parametrize("stranger", ["guest", "other streamer", "deactivated owner"])
def test_a_stranger_may_nothing(stranger: str) -> None:
    room = RoomFactory(owner__is_active=stranger != "deactivated owner")
    users: dict[str, User | AnonymousUser] = {
        "guest": AnonymousUser(),
        "other streamer": RoomFactory().owner,
        "deactivated owner": room.owner,
    }
    user = users[stranger]

    assert [is_owner(user, room), can_edit(user, room), can_end(user, room)] == [False] * 3


def test_who_runs_the_site_may_end_but_not_edit() -> None:
    room, admin = RoomFactory(), UserFactory(is_staff=True)

    assert can_end(admin, room)
    assert not can_edit(admin, room)
