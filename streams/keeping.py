"""What the site's keepers do to streams: each deed is in the audit log."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.keeping import may_keep
from accounts.models import User
from streair.core.errors import NotAllowed
from streams import services


@transaction.atomic
def rotate_key(person: User, *, by: User, address: str = "") -> None:
    """Change the stream key of `person`; nobody but them gets to see it. Raises NotAllowed."""
    if not may_keep(person, by):
        raise NotAllowed(_("Only a superuser may do this to a superuser."))
    services.rotate_key(person)
    audit.record("stream-key.rotated", target=person, actor=by, address=address)
