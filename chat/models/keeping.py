"""Who keeps order in a chat, who is kept out of it, and what was done."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from rooms.models import Room


class Moderator(models.Model):
    """Somebody who keeps order in all rooms of a streamer."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="moderators",
        db_index=False,
        verbose_name=_("streamer"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="moderates",
        verbose_name=_("moderator"),
    )
    appointed = models.DateTimeField(_("appointed"), default=now)

    class Meta:
        verbose_name = _("moderator")
        verbose_name_plural = _("moderators")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "user"], name="moderator_once_per_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.owner}"


class Scope(models.TextChoices):
    """What somebody is kept from."""

    CHAT = "chat", _("Writing")
    ROOM = "room", _("Watching")


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Adjectives for restrictions."""

    def in_force(self, at: datetime | None = None) -> Self:
        """Those that are not over."""
        return self.filter(Q(until=None) | Q(until__gt=at or now()))


class Restriction(models.Model):
    """Somebody may not write in a streamer's rooms, or not even watch: for a while, or for good.

    The row is what holds now; what was before is in the log.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="restrictions",
        db_index=False,
        verbose_name=_("streamer"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="restricted",
        verbose_name=_("person"),
    )
    scope = models.CharField(_("scope"), max_length=4, choices=Scope.choices, default=Scope.CHAT)
    since = models.DateTimeField(_("since"), default=now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects: ClassVar[RestrictionQuerySet] = RestrictionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "user", "scope"], name="restriction_once_per_scope"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_scope_display()}"


class Action(models.TextChoices):
    """What a moderator did."""

    DELETED = "deleted", _("Deleted a message")
    CLEARED = "cleared", _("Cleared the chat")
    TIMED_OUT = "timed-out", _("Timed somebody out")
    BANNED = "banned", _("Banned somebody")
    UNBANNED = "unbanned", _("Lifted a ban or timeout")
    APPOINTED = "appointed", _("Made somebody a moderator")
    DISMISSED = "dismissed", _("Took a moderator's rights back")
    CHANGED_MODES = "changed-modes", _("Changed the chat's modes")
    PANICKED = "panicked", _("Pressed the panic button")
    CALMED = "calmed", _("Undid the panic button")
    HELD = "held", _("Held a message back")
    HID = "hid", _("Refused a message")
    APPROVED = "approved", _("Let a held message through")
    DENIED = "denied", _("Kept a held message out")
    ADDED_WORD = "added-word", _("Added a word to the filter")
    REMOVED_WORD = "removed-word", _("Took a word from the filter")


class Deed(models.Model):
    """One line of the log: who did what to whom. Only ever added to."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="deeds",
        db_index=False,
        verbose_name=_("streamer"),
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    target = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to whom"),
    )
    action = models.CharField(_("what"), max_length=14, choices=Action.choices)
    details = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("moderation log entry")
        verbose_name_plural = _("moderation log")
        indexes: ClassVar = [models.Index(fields=["owner", "-at"], name="deed_owner_at")]

    def __str__(self) -> str:
        return self.get_action_display()
