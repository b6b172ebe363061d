"""People who moderate a room."""

from __future__ import annotations

from accounts.models import User
from chat.models import Moderator
from rooms.models import Room
from tests.factories import UserFactory


def moderator_of(room: Room) -> User:
    user = UserFactory()
    Moderator.objects.create(owner=room.owner, user=user)
    return user
