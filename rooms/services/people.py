"""What becomes of rooms when a person goes."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from rooms import live_rooms
from rooms.models import Report, Room
from rooms.services.pictures import drop_picture


@transaction.atomic
def forget_person(user: User) -> None:
    """Take away what `user` said about themselves in rooms. Titles stay, as messages do; so do warnings."""
    for room in Room.objects.owned_by(user.pk).exclude(picture=""):
        drop_picture(room)
    Room.objects.owned_by(user.pk).update(description="", tags=[])
    Report.objects.filter(reporter=user).update(reporter=None)
    live_rooms.changed()
