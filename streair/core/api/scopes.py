"""What a personal access token may be allowed to do."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """One permission of a token. Nothing that concerns the account itself can be allowed."""

    PROFILE_READ = "profile:read", _("See your profile and e-mail address")
    PROFILE_WRITE = "profile:write", _("Change your profile")
    FOLLOWS_WRITE = "follows:write", _("Follow and unfollow people")
    ROOMS_READ = "rooms:read", _("See rooms that only you may see")
    ROOMS_WRITE = "rooms:write", _("Open, change and end your rooms")
    CHAT_READ = "chat:read", _("Read chat")
    CHAT_WRITE = "chat:write", _("Write and delete messages in chat")
    CHAT_MODERATE = "chat:moderate", _("Keep order in chats where you may")
    STREAM_READ = "stream:read", _("See your stream key and how your stream does")
    STREAM_WRITE = "stream:write", _("Change your stream key")


def scopes_of(auth: object) -> frozenset[str] | None:
    """Return what the credentials of a request are limited to, or None when they are not."""
    found: frozenset[str] | None = getattr(auth, "granted_scopes", None)
    return found


def allows(granted: frozenset[str] | None, scope: Scope | None) -> bool:
    """Whether credentials that are limited to `granted` (None: to nothing) may do what needs `scope`, if any."""
    return scope is None or granted is None or scope in granted
