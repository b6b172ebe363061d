"""What becomes of rooms when a person goes."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from rooms import live_rooms
from rooms.models import Report, Room


@transaction.atomic
def forget_person(user: User) -> None:
    """Take away what `user` said about themselves in rooms. Titles stay, as messages do; so do warnings."""
    Room.objects.owned_by(user.pk).update(description="", tags=[])
    Report.objects.filter(reporter=user).update(reporter=None)
    live_rooms.changed()
