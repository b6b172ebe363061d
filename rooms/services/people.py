"""What becomes of rooms when a person goes."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit
from accounts.models import User
from rooms import live_rooms
from rooms.models import Report, Room
from rooms.services.pictures import drop_picture
from rooms.titles import is_by_itself, title_by_itself


@transaction.atomic
def forget_person(user: User) -> None:
    """Take away what `user` said about themselves in rooms. Titles stay, as messages do; so do warnings.

    A title that the room got by itself has their name in it, in the log as well.
    """
    rooms = Room.objects.owned_by(user.pk)
    for room in rooms.exclude(picture=""):
        drop_picture(room)
    rooms.update(description="", tags=[])
    with override(settings.LANGUAGE_CODE):
        nobody = title_by_itself(_("deleted user"))
    for room in rooms:
        if is_by_itself(room.title):
            room.title = nobody
            room.save(update_fields=["title"])
            audit.rename_target(room)
    Report.objects.filter(reporter=user).update(reporter=None)
    live_rooms.changed()
