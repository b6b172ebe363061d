"""Reading who people are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from streair.core.errors import NotFound


def person(username: str) -> User:
    """Return the active person called `username`, whatever the case, or raise NotFound."""
    try:
        user: User = User.objects.active().named(username).get()
    except User.DoesNotExist as exc:
        raise NotFound(_("There is nobody of this name here."), code="user-not-found") from exc
    return user
