"""What the site's keepers do to streams: each deed is in the audit log."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.keeping import may_keep
from accounts.models import User
from rooms.models import EndReason, Room
from streair.core.errors import NotAllowed
from streams import services


@transaction.atomic
def end_stream(room: Room, *, by: User, reason: str, address: str = "") -> None:
    """End the room as an administrator. Does nothing when it is over already."""
    before = Room.objects.select_for_update().get(pk=room.pk)
    if not before.is_open:
        return
    services.end_stream(room=room, reason=EndReason.ADMIN, by=by)
    audit.record(
        "room.ended",
        target=room,
        actor=by,
        before={"state": before.state},
        after={"state": room.state},
        reason=reason,
        address=address,
    )


@transaction.atomic
def rotate_key(person: User, *, by: User, address: str = "") -> None:
    """Change the stream key of `person`; nobody but them gets to see it. Raises NotAllowed."""
    if not may_keep(person, by):
        raise NotAllowed(_("Only a superuser may do this to a superuser."))
    services.rotate_key(person)
    audit.record("stream-key.rotated", target=person, actor=by, address=address)
