"""Links under which a streamer's chat is shown on their stream."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now

from accounts import audit
from accounts.models import User
from chat.models import OverlayLink
from chat.overlays import new_public_id, secret_of


def overlay_secret(owner: User) -> str:
    """Return the secret of the streamer's overlay; the first time there is one from now on."""
    link, _is_new = OverlayLink.objects.get_or_create(owner=owner)
    return secret_of(link.public_id)


@transaction.atomic
def renew_overlay(owner: User, *, address: str = "") -> str:
    """Return a new secret. Overlays that were opened with the old one end within two seconds."""
    link, _is_new = OverlayLink.objects.update_or_create(
        owner=owner, defaults={"public_id": new_public_id(), "made": now()}
    )
    audit.record("overlay.renewed", target=owner, actor=owner, address=address)
    return secret_of(link.public_id)


def forget_overlay(owner: User) -> None:
    """End the streamer's overlay, if there is one."""
    OverlayLink.objects.filter(owner=owner).delete()
