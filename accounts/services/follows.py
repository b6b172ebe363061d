"""Following people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import registry
from accounts.models import Follow, User
from streair.core.errors import Conflict


def follow(follower: User, followed: User) -> None:
    """Let `follower` follow `followed`; the second time changes nothing. Nobody follows themselves.

    Raises why that may not be: whoever is banned from somebody's rooms, say. They may end it at any time.
    """
    if follower.pk == followed.pk:
        raise Conflict(_("You cannot follow yourself."), code="cannot-follow-yourself")
    registry.check_following(follower, followed)
    Follow.objects.bulk_create(
        [Follow(follower=follower, followed=followed)], ignore_conflicts=True
    )


def unfollow(follower: User, followed: User) -> None:
    """End it; does nothing when there is nothing to end."""
    Follow.objects.filter(follower=follower, followed=followed).delete()
