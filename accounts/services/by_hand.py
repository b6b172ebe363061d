"""What follows from changes that somebody makes by hand, in the administration."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import names
from accounts.models import User


def complete(user: User, changed: Iterable[str]) -> None:
    """Make the fields fit that hang on those that were `changed`; `user` is saved by the caller.

    An address that others typed is not verified, and a new name looks like itself.
    """
    changed = set(changed)
    if "email" in changed:
        user.email_verified = False
        # Links that were sent to the old one are good no longer.
        user.link_version += 1
    if "username" in changed:
        skeleton = names.skeleton(user.username)
        is_taken = User.objects.filter(skeleton=skeleton).exclude(pk=user.pk).exists()
        # Whoever runs the site may give a name that looks like another one.
        user.skeleton = "" if is_taken else skeleton
